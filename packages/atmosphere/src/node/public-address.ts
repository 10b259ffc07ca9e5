import { BlockList, isIP } from "node:net";

/** Ranges of IPv4 that are not of the public network, by first address and length of the prefix. */
const IPV4 = [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private
  ["100.64.0.0", 10], // shared by a provider's customers
  ["127.0.0.0", 8], // loopback
  ["169.254.0.0", 16], // link-local, where clouds tell machines their credentials
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // protocol assignments
  ["192.168.0.0", 16], // private
  ["198.18.0.0", 15], // benchmarks
  ["224.0.0.0", 3], // multicast, reserved and broadcast
] as const;

const IPV6 = [
  ["::", 127], // unspecified and loopback
  ["64:ff9b:1::", 48], // translation within one network
  ["100::", 64], // discarded
  ["fc00::", 7], // private
  ["fe80::", 9], // link-local, and what used to be site-local
  ["ff00::", 8], // multicast
] as const;

const refused = blockList();

/**
 * Tells whether an IP address is one of the public network: neither loopback, link-local, private nor multicast, also where an
 * IPv6 address stands for one of IPv4.
 *
 * What is no address is not public.
 */
export function isPublicAddress(address: string): boolean {
  const [plain = ""] = address.split("%");
  const family = isIP(plain);
  return family !== 0 && !refused.check(plain, family === 6 ? "ipv6" : "ipv4");
}

function blockList(): BlockList {
  const list = new BlockList();
  for (const [first, bits] of IPV6) list.addSubnet(first, bits, "ipv6");
  for (const [first, bits] of IPV4) {
    list.addSubnet(first, bits, "ipv4");
    const [a = 0, b = 0, c = 0, d = 0] = first.split(".").map(Number);
    const digits = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
    // Compatible, mapped and translated addresses end with one of IPv4; those of 6to4 have it behind their prefix.
    for (const prefix of ["::", "::ffff:", "::ffff:0:", "64:ff9b::"]) {
      list.addSubnet(`${prefix}${digits}`, 96 + bits, "ipv6");
    }
    list.addSubnet(`2002:${digits}::`, 16 + bits, "ipv6");
  }
  return list;
}
