/**
 * Replaces the address in a router's record by another one to connect to, as curl's `--connect-to` does. The record does not change. Host
 * keys are checked for the address that is really connected to.
 */

/** Where a connection goes to. */
export interface Endpoint {
  /** Name or address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Where to connect to, by router id or by `address:port` of the record (IPv6 in brackets). */
export type ConnectTo = ReadonlyMap<string, Endpoint>;

/**
 * Reads `ID:HOST:PORT` and `ADDRESS:PORT:HOST:PORT`, several separated by commas; IPv6 addresses stand in brackets.
 *
 * @example
 * parseConnectTo('10.79.5.184:830:127.0.0.1:8301,10.79.5.185:830:[::1]:8302')
 * @throws {TypeError} that names the entry, what was expected, and what came.
 */
export function parseConnectTo(text: string): ConnectTo {
  const entries = text.split(',').map((entry) => entry.trim());
  const map = new Map<string, Endpoint>();
  for (const entry of entries.filter((candidate) => candidate !== '')) {
    const [key, endpoint] = parseEntry(entry);
    if (map.has(key))
      throw new TypeError(
        `connect-to ${JSON.stringify(entry)}: expected each router once, got ${JSON.stringify(key)} again`,
      );
    map.set(key, endpoint);
  }
  return map;
}

function parseEntry(entry: string): readonly [key: string, endpoint: Endpoint] {
  const fields = entry.match(/\[[^\]]*\]|[^:[\]]+|(?<=:)(?=:|$)|^(?=:)/g) ?? [];
  const malformed = (what: string) =>
    new TypeError(
      `connect-to ${JSON.stringify(entry)}: expected ID:HOST:PORT or ADDRESS:PORT:HOST:PORT (IPv6 in brackets), got ${what}`,
    );
  if (fields.join(':') !== entry) throw malformed('brackets out of place');
  if (fields.length !== 3 && fields.length !== 4) throw malformed(`${fields.length} fields`);
  if (fields.includes('') || fields.includes('[]')) throw malformed('an empty field');
  const port = (field: string | undefined) => {
    const number = Number(field);
    if (!/^[0-9]{1,5}$/.test(field ?? '') || number < 1 || number > 65_535)
      throw malformed(`port ${JSON.stringify(field)}`);
    return number;
  };
  const endpoint = { host: unbracketed(fields.at(-2) ?? ''), port: port(fields.at(-1)) };
  const [first = '', second] = fields;
  return [
    fields.length === 3 ? first : addressKey({ host: unbracketed(first), port: port(second) }),
    endpoint,
  ];
}

function unbracketed(field: string): string {
  return field.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}

function addressKey({ host, port }: Endpoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`.toLowerCase();
}

/** Where to connect to for a router. An entry for its id takes precedence over one for its address. */
export function connectTo(
  map: ConnectTo,
  router: { readonly id: string; readonly address: string; readonly port: number },
): Endpoint {
  const recorded = { host: router.address, port: router.port };
  return map.get(router.id) ?? map.get(addressKey(recorded)) ?? recorded;
}
