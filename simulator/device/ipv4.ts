/** Addresses and prefixes of IPv4, as a configuration writes them. A text that is no IPv4 address lies in no network. */

/** `198.51.100.2/24`, or an address alone, which is a network of its own. */
interface Prefix {
  readonly address: number;
  readonly length: number;
}

/** The network of a prefix: `198.51.100.2/24` lies in `198.51.100.0/24`. `undefined`: the text is no prefix of IPv4. */
export function networkOf(text: string): string | undefined {
  const prefix = readPrefix(text);
  return prefix && `${written(masked(prefix))}/${prefix.length}`;
}

/** Whether an address lies in the network of a prefix. */
export function contains(prefixText: string, addressText: string): boolean {
  const prefix = readPrefix(prefixText);
  const address = readAddress(addressText);
  return prefix !== undefined && address !== undefined && masked(prefix) === masked({ ...prefix, address });
}

/** The address in a prefix, without the prefix length. */
export function hostOf(text: string): string {
  return text.split('/')[0] ?? text;
}

function readPrefix(text: string): Prefix | undefined {
  const [host = '', digits = '32', ...more] = text.split('/');
  const address = readAddress(host);
  const length = /^\d{1,2}$/.test(digits) ? Number(digits) : 33;
  return address === undefined || length > 32 || more.length > 0 ? undefined : { address, length };
}

function readAddress(text: string): number | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const octets = text.split('.').map(Number);
  return octets.some((octet) => octet > 255)
    ? undefined
    : octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

function masked({ address, length }: Prefix): number {
  const size = 2 ** (32 - length);
  return address - (address % size);
}

function written(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.');
}
