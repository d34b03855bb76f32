package dev.klingroutes;

import org.apache.camel.main.Main;

/** Says what a setting is in this process: for the check, and for the rooms. */
final class SettingsProbe {
    private SettingsProbe() {}

    public static void main(String[] keyAndProfile) throws Exception {
        SettingsCheck check = new SettingsCheck(keyAndProfile.length > 1 ? keyAndProfile[1] : null);
        Settings before;
        try {
            before = check.settings();
        } catch (CannotStart e) {
            e.getMessage().lines().forEach(line -> System.out.println("> " + line));
            return;
        }
        System.out.println("> " + before.text(keyAndProfile[0]));
        Main main = new Main();
        main.setPropertyPlaceholderLocations(check.locations());
        main.start();
        Settings settings = new Settings();
        settings.setCamelContext(main.getCamelContext());
        System.out.println("> " + settings.text(keyAndProfile[0]));
        Runtime.getRuntime().halt(0);
    }
}
