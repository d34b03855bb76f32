package dev.klingroutes.sandbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What the sandbox was told to do wrong; see {@link Sandbox#misbehave(String)}. */
final class Faults {
    /** No fault. */
    static final String NONE = "";

    private record Fault(String name, double chance, AtomicInteger times) {}

    private final Map<String, List<Fault>> byCall = new HashMap<>();
    private final Random dice;
    private final Consumer<String> struck;
    private long slowMillis = 5_000;
    private long videoBytes;

    private Faults(Random dice, Consumer<String> struck) {
        this.dice = dice;
        this.struck = struck;
    }

    /**
     * @param struck told the full name of every fault that strikes
     * @throws IllegalArgumentException if a name is unknown or a value is not one
     */
    static Faults read(String text, Random dice, Consumer<String> struck) {
        Faults faults = new Faults(dice, struck);
        for (String part : text.split("[,\\s]+")) {
            if (!part.isEmpty()) {
                faults.add(part);
            }
        }
        faults.byCall.forEach(
                (call, list) -> {
                    if (list.stream().mapToDouble(Fault::chance).sum() > 1.000001) {
                        throw new IllegalArgumentException(
                                "the chances of " + call + " sum up to more than 1");
                    }
                });
        return faults;
    }

    private void add(String part) {
        int equals = part.indexOf('=');
        String name = equals < 0 ? part : part.substring(0, equals);
        String how = equals < 0 ? "1" : part.substring(equals + 1);
        try {
            if (name.equals("slow-ms")) {
                slowMillis = Long.parseLong(how);
            } else if (name.equals("video-bytes")) {
                videoBytes = Long.parseLong(how);
            } else if (FaultNames.all().contains(name)) {
                int dot = name.indexOf('.');
                byCall.computeIfAbsent(name.substring(0, dot), call -> new ArrayList<>())
                        .add(fault(name.substring(dot + 1), how));
            } else {
                throw new IllegalArgumentException(
                        "unknown fault '%s'; the nearest known is '%s'"
                                .formatted(name, FaultNames.nearest(name)));
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'%s' is neither a probability nor a number of times such as 2x"
                            .formatted(part),
                    e);
        }
    }

    private static Fault fault(String name, String how) {
        if (how.endsWith("x")) {
            int times = Integer.parseInt(how.substring(0, how.length() - 1));
            return new Fault(name, 0, new AtomicInteger(times));
        }
        double chance = Double.parseDouble(how);
        if (!(chance >= 0 && chance <= 1)) {
            throw new NumberFormatException();
        }
        return new Fault(name, chance, new AtomicInteger());
    }

    String draw(String call) {
        return draw(call, name -> true);
    }

    /**
     * The fault that strikes this call, or {@link #NONE}; those with a number of times go first.
     */
    String draw(String call, Predicate<String> applies) {
        List<Fault> faults = byCall.get(call);
        if (faults == null) {
            return NONE;
        }
        for (Fault fault : faults) {
            if (applies.test(fault.name)
                    && fault.times.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                return strike(call, fault);
            }
        }
        double rolled = dice.nextDouble();
        for (Fault fault : faults) {
            if (rolled < fault.chance) {
                return applies.test(fault.name) ? strike(call, fault) : NONE;
            }
            rolled -= fault.chance;
        }
        return NONE;
    }

    private String strike(String call, Fault fault) {
        struck.accept(call + "." + fault.name);
        return fault.name;
    }

    /** Keeps the caller waiting. */
    void keepWaiting() throws HangUp {
        try {
            Thread.sleep(slowMillis);
        } catch (InterruptedException e) {
            throw new HangUp();
        }
    }

    /** How large a video is made at least, in bytes. */
    long videoBytes() {
        return videoBytes;
    }
}
