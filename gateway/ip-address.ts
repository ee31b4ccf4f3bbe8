/**
 * Addresses and prefixes in the one form in which routers print them. Another form of the same address would look like somebody else's change.
 * IPv6 as RFC 5952, section 4. Addresses that embed an IPv4 address are not accepted, because routers print them in a form of their own.
 */

/** What stands before and behind the `/`, which may be absent. */
interface Split {
  readonly address: string;
  /** `undefined`: there is no `/`. */
  readonly length: string | undefined;
}

export function isIpv4(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text);
}

export function isIpv6(text: string): boolean {
  const groups = groupsOf(text);
  return groups !== undefined && !embedsIpv4(groups) && canonicalOf(groups) === text;
}

/** An address, `/` and its length. */
export function isPrefix(text: string): boolean {
  const { address, length } = splitAt(text);
  if (length === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(length)) return false;
  return (isIpv4(address) && Number(length) <= 32) || (isIpv6(address) && Number(length) <= 128);
}

/** The address without its length. */
export function addressOf(text: string): string {
  return splitAt(text).address;
}

function splitAt(text: string): Split {
  const at = text.indexOf('/');
  return at < 0
    ? { address: text, length: undefined }
    : { address: text.slice(0, at), length: text.slice(at + 1) };
}

function groupsOf(text: string): readonly number[] | undefined {
  const [before = '', after, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const [head, tail] = [before, after ?? ''].map((part) => (part === '' ? [] : part.split(':'))) as [
    string[],
    string[],
  ];
  const lacking = 8 - head.length - tail.length;
  if (after === undefined ? lacking !== 0 : lacking < 1) return undefined;
  const words = [...head, ...Array.from({ length: lacking }, () => '0'), ...tail];
  return words.every((word) => /^[0-9a-f]{1,4}$/.test(word))
    ? words.map((word) => Number.parseInt(word, 16))
    : undefined;
}

function embedsIpv4(groups: readonly number[]): boolean {
  const [sixth, seventh] = groups.slice(5);
  return (
    groups.slice(0, 5).every((group) => group === 0) && (sixth === 0xff_ff || (sixth === 0 && seventh !== 0))
  );
}

/** The longest run of zero groups is shortened, the first one if there are several; a single zero is not. */
function canonicalOf(groups: readonly number[]): string {
  const words = groups.map((group) => group.toString(16));
  let longest = { from: 0, length: 1 };
  for (let from = 0; from < words.length; from += 1) {
    let length = 0;
    while (words[from + length] === '0') length += 1;
    if (length > longest.length) longest = { from, length };
  }
  if (longest.length === 1) return words.join(':');
  const { from, length } = longest;
  return `${words.slice(0, from).join(':')}::${words.slice(from + length).join(':')}`;
}
