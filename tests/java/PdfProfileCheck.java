import java.io.File;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;

/**
 * Checks one PDF file against PDF/UA-1 or PDF/A-3a with veraPDF's rules.
 *
 * Arguments: the flavours, separated by commas (ua1, 3a), then the file. Prints tab-separated lines:
 * "flavour, compliant, number of assertions", then one "!, clause, times, message" for each rule broken.
 * Ends with 0 when the check itself could be done, whatever it found.
 */
public class PdfProfileCheck {
    private static final Map<String, String> PROFILES = Map.of("ua1", "PDFUA-1", "3a", "PDFA-3A");

    public static void main(String[] arguments) throws Exception {
        Logger.getLogger("").setLevel(Level.SEVERE);
        VeraGreenfieldFoundryProvider.initialise();
        File file = new File(arguments[1]);
        for (String flavour : arguments[0].split(",")) {
            report(flavour, validate(file, flavour));
        }
    }

    private static ValidationResult validate(File file, String name) throws Exception {
        PDFAFlavour flavour = PDFAFlavour.byFlavourId(name);
        String resource = "/org/verapdf/pdfa/validation/" + PROFILES.get(name) + ".xml";
        try (InputStream rules = PDFAFlavour.class.getResourceAsStream(resource);
                PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour)) {
            ValidationProfile profile = Profiles.profileFromXml(rules);
            // false: keep the assertions that failed, not the hundred thousands that passed
            PDFAValidator validator = Foundries.defaultInstance().createValidator(profile, false);
            return validator.validate(parser);
        }
    }

    private static void report(String flavour, ValidationResult result) {
        System.out.println(flavour + "\t" + result.isCompliant() + "\t" + result.getTotalAssertions());
        Map<String, Integer> times = new TreeMap<>();
        Map<String, String> messages = new TreeMap<>();
        for (TestAssertion assertion : result.getTestAssertions()) {
            if (assertion.getStatus() != TestAssertion.Status.FAILED) {
                continue;
            }
            String rule = assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber();
            times.merge(rule, 1, Integer::sum);
            messages.putIfAbsent(rule, String.valueOf(assertion.getMessage()).replaceAll("\\s+", " "));
        }
        times.forEach((rule, n) -> System.out.println("!\t" + rule + "\t" + n + "\t" + messages.get(rule)));
    }
}
