/** IPv6 addresses as routers print them: RFC 5952. Configurations may write them in other ways. */
import { isIPv6 } from 'node:net';

/** Whether the text is an IPv6 address of digits and colons alone. Routers print one that embeds an IPv4 address, or has a zone, in a form of its own. */
export function isPlainIpv6(text: string): boolean {
  return isIPv6(text) && /^[\da-f:]+$/i.test(text);
}

/** A text that is no plain IPv6 address stays as it is. */
export function shownAddress(written: string): string {
  return isPlainIpv6(written) ? new URL(`http://[${written}]`).hostname.slice(1, -1) : written;
}
