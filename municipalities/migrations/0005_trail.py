from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("municipalities", "0004_mails_say_their_language")]
    operations = []
