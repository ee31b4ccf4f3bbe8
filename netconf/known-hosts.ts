/**
 * OpenSSH's `known_hosts`. sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".
 *
 * Lines with `@cert-authority` are ignored, with a note, because routers present plain keys.
 */
import { createHash, createHmac } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Endpoint } from './connect-to.ts';
import { oneLine } from './one-line.ts';

export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | {
      /** `of another type`: keys are known for the host, but none of this type. */
      readonly kind: 'unknown' | 'changed' | 'of another type' | 'revoked';
      /** `ssh-ed25519`, … */
      readonly keyType: string;
      /** `SHA256:…`, as `ssh-keygen -l` prints it. */
      readonly fingerprint: string;
      /** Advice for a person, with the command. */
      readonly hint: string;
    };

export interface KnownHosts {
  /** Which lines were ignored, and why. */
  readonly notes: readonly string[];
  /** Why a key may be missing that will be there soon, in words for a person. Absent: what is not known now stays unknown until somebody adds it. */
  readonly doubt?: string;
  /** Types of the keys that are known for a host. If the client prefers these types, the router presents a key that can be checked. */
  keyTypes(endpoint: Endpoint): readonly string[];
  /** Compares the key (in SSH wire format) that a host presents. `endpoint`: the address that was really connected to. */
  verify(endpoint: Endpoint, key: Buffer): HostKeyVerdict;
}

interface Entry {
  readonly revoked: boolean;
  readonly matches: (name: string) => boolean;
  readonly type: string;
  readonly key: Buffer;
}

/** Reads the text of a file. `file`: its name, for notes and hints. */
export function parseKnownHosts(text: string, file: string): KnownHosts {
  const notes: string[] = [];
  const entries: Entry[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const parsed = parseLine(line.trim());
    if (typeof parsed === 'string') notes.push(`${file}, line ${index + 1}: ${parsed}`);
    else if (parsed !== undefined) entries.push(parsed);
  }
  return {
    notes,
    keyTypes: (endpoint) => [...new Set(knownKeys(entries, endpoint).map(({ type }) => type))],
    verify: (endpoint, key) => verify(entries, endpoint, key, file),
  };
}

/** For so long after its last change, somebody may still be writing the file, in milliseconds. `ssh-keyscan` writes for seconds. */
const WRITTEN_WITHIN_MS = 60_000;

/**
 * A `known_hosts` file, which is read again whenever it has changed. While it can't be read, no host is known. Then, and right after a change, a person may
 * be about to replace the file: the hosts are in doubt.
 */
export class KnownHostsFile {
  readonly path: string;
  #read: { readonly sequence: string; readonly hosts: KnownHosts } | undefined;

  constructor(path: string) {
    this.path = path;
  }

  async read(): Promise<KnownHosts> {
    try {
      const { ino, mtimeNs, mtimeMs, size } = await stat(this.path, { bigint: true });
      const sequence = `${ino} ${mtimeNs} ${size}`;
      if (this.#read?.sequence !== sequence)
        this.#read = { sequence, hosts: parseKnownHosts(await readFile(this.path, 'utf8'), this.path) };
      const { hosts } = this.#read;
      if (Date.now() - Number(mtimeMs) >= WRITTEN_WITHIN_MS) return hosts;
      return { ...hosts, doubt: `${this.path} was changed just now` };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      return { ...parseKnownHosts('', this.path), doubt: `${this.path} can't be read (${code})` };
    }
  }
}

/** An entry; a text that says why the line is ignored; or `undefined` for an empty line or a comment. */
function parseLine(line: string): Entry | string | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  const fields = line.split(/[ \t]+/);
  const marker = line.startsWith('@') ? fields.shift() : undefined;
  if (marker === '@cert-authority') return 'host certificates are not supported, ignored';
  if (marker !== undefined && marker !== '@revoked') return `unknown marker ${oneLine(marker, 40)}, ignored`;
  const [names = '', type = '', blob = ''] = fields;
  const key = Buffer.from(blob, 'base64');
  // Buffer skips characters that are not base64, and would read another key than the one in the line.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(blob) || keyType(key) !== type || !isWhole(key))
    return 'expected host names, key type and key, ignored';
  const matches = names.startsWith('|') ? hashedMatcher(names) : patternMatcher(names.split(','));
  return matches === undefined
    ? 'expected |1|salt|hash, ignored'
    : { revoked: marker !== undefined, matches, type, key };
}

function hashedMatcher(names: string): Entry['matches'] | undefined {
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(names) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  return (name) => createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

function patternMatcher(patterns: readonly string[]): Entry['matches'] {
  const rules = patterns.map((pattern) => ({
    negated: pattern.startsWith('!'),
    pattern: pattern.replace(/^!/, '').toLowerCase(),
  }));
  return (name) => {
    const hits = rules.filter((rule) => isLike(name, rule.pattern));
    return hits.length > 0 && !hits.some(({ negated }) => negated);
  };
}

/** Only `*` and `?` are special; brackets belong to `[host]:port`. A mismatch goes back to the last `*` only, so that no pattern takes long. */
function isLike(name: string, pattern: string): boolean {
  let [at, spot, star, from] = [0, 0, -1, 0];
  while (at < name.length) {
    if (pattern[spot] === '*') {
      [star, from] = [spot, at];
      spot += 1;
    } else if (pattern[spot] === '?' || pattern[spot] === name[at]) {
      at += 1;
      spot += 1;
    } else if (star >= 0) {
      from += 1;
      [at, spot] = [from, star + 1];
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(spot));
}

/** The name that a line has to match: with the port, unless it is 22. */
function nameOf({ host, port }: Endpoint): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** As in OpenSSH, a key that is known for the host without a port is good for all its ports: on Junos one daemon serves 22 and 830. */
function knownKeys(entries: readonly Entry[], endpoint: Endpoint): readonly Entry[] {
  const names = new Set([nameOf(endpoint), endpoint.host.toLowerCase()]);
  return entries.filter(({ revoked, matches }) => !revoked && [...names].some(matches));
}

type Refusal = Exclude<HostKeyVerdict, { kind: 'known' }>['kind'];

/** Types as `ssh-keyscan -t` names them. */
const SCAN_TYPES = ['ed25519', 'ecdsa', 'rsa'] as const;

function verify(entries: readonly Entry[], endpoint: Endpoint, key: Buffer, file: string): HostKeyVerdict {
  const same = (entry: Entry) => entry.key.equals(key);
  const names = [nameOf(endpoint), endpoint.host.toLowerCase()];
  const refused = (kind: Refusal, hint: string): HostKeyVerdict => {
    const fingerprint = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
    return { kind, keyType: keyType(key) ?? 'of no known type', fingerprint, hint };
  };
  if (entries.some((entry) => entry.revoked && same(entry) && names.some(entry.matches))) {
    return refused('revoked', `it is marked @revoked in ${file}`);
  }
  const known = knownKeys(entries, endpoint);
  if (known.some(same)) return { kind: 'known' };
  const name = nameOf(endpoint);
  const scan = `ssh-keyscan -p ${endpoint.port} ${quote(endpoint.host)} >> ${quote(file)}`;
  const type = keyType(key);
  if (known.length > 0 && !known.some((entry) => entry.type === type)) {
    const types = [...new Set(known.map((entry) => entry.type))].join(', ');
    const wanted = SCAN_TYPES.find((one) => type?.includes(one));
    const scanOne = wanted === undefined ? scan : scan.replace('ssh-keyscan', `ssh-keyscan -t ${wanted}`);
    return refused(
      'of another type',
      `known for it is ${oneLine(types, 100)}; if that is the router's fingerprint: ${scanOne}`,
    );
  }
  if (entries.some(({ revoked, matches }) => !revoked && matches(name))) {
    return refused(
      'changed',
      `if that is as it should be: ssh-keygen -R ${quote(name)} -f ${quote(file)} && ${scan}`,
    );
  }
  return refused('unknown', `if that is the router's fingerprint: ${scan}`);
}

/** The word as a shell takes it. */
function quote(word: string): string {
  return /^[\w./:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Whether a key in SSH wire format has fields after its type, and ends where the last one does. The last line of a file that is being written may be cut. */
function isWhole(key: Buffer): boolean {
  let [fields, end] = [0, 0];
  for (; end + 4 <= key.length; fields += 1) end += 4 + key.readUInt32BE(end);
  return fields > 1 && end === key.length;
}

/** The type of a key in SSH wire format, which begins with it. RFC 4253 §6.6. */
function keyType(key: Buffer): string | undefined {
  if (key.length < 4) return undefined;
  const length = key.readUInt32BE(0);
  if (length > key.length - 4) return undefined;
  const type = key.toString('latin1', 4, 4 + length);
  // RFC 4250 §4.6.1: printable ASCII, at most 64 characters.
  return /^[!-~]{1,64}$/.test(type) ? type : undefined;
}
