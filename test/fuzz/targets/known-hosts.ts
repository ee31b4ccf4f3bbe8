/** OpenSSH's `known_hosts`, and keys that a router presents. */
import assert from 'node:assert/strict';
import { parseKnownHosts } from '../../../netconf/known-hosts.ts';
import type { Random } from '../../chaos/random.ts';
import { assertShown, repeated, several, type Target } from '../target.ts';

function key(type: string, content: string): Buffer {
  const length = (text: string) => Buffer.from([0, 0, 0, text.length]);
  return Buffer.concat([length(type), Buffer.from(type), length(content), Buffer.from(content)]);
}

const ours = key('ssh-ed25519', 'ours');
const keys = [
  ours,
  key('ssh-ed25519', 'theirs'),
  key('ssh-rsa', 'ours'),
  Buffer.alloc(0),
  Buffer.from([0, 0, 0, 9, 1]),
  key('\u0007\u001b[2J', 'x'),
];
const endpoints = [
  { host: 'r1.example.net', port: 830 },
  { host: '2001:db8::1', port: 22 },
  { host: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', port: 1 },
];

function line(random: Random): string {
  const marker = random.pick(['', '', '', '', '@revoked ', '@cert-authority ', '@x ']);
  const names = Array.from({ length: random.whole(1, 3) }, () =>
    random.pick([
      'r1.example.net',
      '[r1.example.net]:830',
      '*',
      '!*',
      '*.example.net',
      'r?.example.*',
      '2001:db8::1',
      '!r1.example.net',
      '|1|AAAA|BBBB',
    ]),
  ).join(',');
  const known = random.pick(keys);
  return `${marker}${names} ${random.pick(['ssh-ed25519', 'ssh-rsa'])} ${known.toString('base64')}${random.pick(['', ' a comment'])}`;
}

/** Whether a pattern matches a name, for names without hashes. Shell-like matching, written as plainly as possible. */
function names(pattern: string, name: string): boolean {
  if (pattern === '') return name === '';
  if (pattern.startsWith('*'))
    return names(pattern.slice(1), name) || (name !== '' && names(pattern, name.slice(1)));
  return (
    name !== '' &&
    (pattern.startsWith('?') || pattern[0] === name[0]) &&
    names(pattern.slice(1), name.slice(1))
  );
}

function check(input: string): void {
  const hosts = parseKnownHosts(input, 'known_hosts');
  assert.ok(hosts.notes.length <= input.split('\n').length);
  for (const note of hosts.notes) assertShown(note, 300);
  for (const endpoint of endpoints) {
    assert.ok(hosts.keyTypes(endpoint).every((type) => input.includes(type)));
    for (const presented of keys) {
      const verdict = hosts.verify(endpoint, presented);
      // A key is known only if the file holds it.
      if (verdict.kind === 'known') assert.ok(input.includes(presented.toString('base64').slice(0, -4)));
      else assertShown(`${verdict.keyType} ${verdict.fingerprint} ${verdict.hint}`);
    }
  }
  const [pattern = ''] = /^[a-z0-9.*?]{1,12}(?= ssh-ed25519 )/.exec(input) ?? [];
  if (pattern !== '' && (pattern.match(/\*/g) ?? []).length < 4) {
    const text = `${pattern} ssh-ed25519 ${ours.toString('base64')}`;
    const known =
      parseKnownHosts(text, 'f').verify({ host: 'r1.example.net', port: 22 }, ours).kind === 'known';
    assert.equal(known, names(pattern, 'r1.example.net'), pattern);
  }
}

export const knownHosts: Target = {
  name: 'known-hosts',
  share: 4,
  make: (random) => several(random, 3, () => line(random)).join('\n'),
  tokens: [
    '*',
    '?',
    '!',
    ',',
    '|1|',
    '|',
    '@revoked ',
    '@cert-authority ',
    '#',
    '\n',
    '\r\n',
    ' ',
    '\t',
    '[r1.example.net]:830',
    'r1.example.net',
    'ssh-ed25519',
    ours.toString('base64'),
    '(',
    ')',
    '[',
    ']',
    '\\',
    '+',
    '^',
    '$',
    '.*',
    '*a*a*a*a*a*a*a*a*b',
  ],
  check,
  growing: [
    (size) => repeated(`r1 ssh-ed25519 ${ours.toString('base64')}\n`, size),
    (size) => `${repeated('*a', size)} ssh-ed25519 ${ours.toString('base64')}`,
    (size) => `${repeated('a,', size)} ssh-ed25519 ${ours.toString('base64')}`,
    (size) => `@${repeated('x', size)} r1`,
  ],
};
