"""Statistics Norway's code lists of municipalities (Klass 131): read from files, compared with the registers."""
