package dev.klingroutes.video;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.Predicate;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/**
 * Resolves the host of a foreign link once; the connection then goes to the very addresses that
 * were checked here, so a name that changes its mind in between gains nothing.
 */
final class PublicAddresses implements DnsResolver {
    private final Predicate<InetAddress> allowed;
    private final DnsResolver names;

    PublicAddresses(boolean privateAllowed) {
        this(address -> privateAllowed || isPublic(address), SystemDefaultDnsResolver.INSTANCE);
    }

    PublicAddresses(Predicate<InetAddress> allowed, DnsResolver names) {
        this.allowed = allowed;
        this.names = names;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] all = names.resolve(host);
        for (InetAddress address : all) {
            if (!allowed.test(address)) {
                throw new UnsafeLink(host + " is a private address");
            }
        }
        return all;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    static boolean isPublic(InetAddress address) {
        if (address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? publicV4(bytes) : publicV6((Inet6Address) address);
    }

    private static boolean publicV4(byte[] bytes) {
        int a = bytes[0] & 0xff;
        int b = bytes[1] & 0xff;
        int c = bytes[2] & 0xff;
        boolean reserved =
                a == 0
                        || a >= 240
                        || (a == 100 && b >= 64 && b < 128)
                        || (a == 192 && b == 0 && (c == 0 || c == 2))
                        // a public address that is the machine's own landlord on Azure
                        || (a == 168 && b == 63 && c == 129)
                        || (a == 192 && b == 88 && c == 99)
                        || (a == 198 && (b == 18 || b == 19))
                        || (a == 198 && b == 51 && c == 100)
                        || (a == 203 && b == 0 && c == 113);
        return !reserved;
    }

    /** Only 2000::/3 is given out; inside it 6to4, Teredo and documentation can hide others. */
    private static boolean publicV6(Inet6Address address) {
        byte[] bytes = address.getAddress();
        int first = (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
        int second = (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
        boolean given = (first & 0xe000) == 0x2000;
        boolean hiding =
                first == 0x2002
                        || (first == 0x2001 && (second < 0x0200 || second == 0x0db8))
                        || (first == 0x3fff && second < 0x1000);
        return given && !hiding;
    }
}
