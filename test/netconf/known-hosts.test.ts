import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { appendFile, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KnownHostsFile } from '../../netconf/known-hosts.ts';
import { parseKnownHosts } from '../../netconf/known-hosts.ts';

/** A key in wire format: its type, then something to tell it by. */
function key(type: string, content: string): Buffer {
  return Buffer.concat(
    [type, content].map((text) => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)])),
  );
}

const ed = key('ssh-ed25519', 'one');
const otherEd = key('ssh-ed25519', 'two');
const rsa = key('ssh-rsa', 'three');
const field = (k: Buffer) => `${k.toString('latin1', 4, 4 + k.readUInt32BE(0))} ${k.toString('base64')}`;
const hashed = (name: string) => {
  const salt = Buffer.from('12345678901234567890');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};

const verdict = (text: string, host: string, port: number, k = ed) =>
  parseKnownHosts(text, 'known_hosts').verify({ host, port }, k).kind;

describe('known_hosts', () => {
  const table: readonly [line: string, host: string, port: number, expected: string][] = [
    [`r1 ${field(ed)}`, 'r1', 22, 'known'],
    [`r1 ${field(ed)} a comment`, 'R1', 22, 'known'],
    [`R1\t${field(ed)}`, 'r1', 22, 'known'],
    [`r1 ${field(ed)}`, 'r2', 22, 'unknown'],
    [`a,r1,10.0.0.1 ${field(ed)}`, '10.0.0.1', 22, 'known'],
    [`[r1]:830 ${field(ed)}`, 'r1', 830, 'known'],
    [`[r1]:830 ${field(ed)}`, 'r1', 831, 'unknown'],
    [`[r1]:830 ${field(ed)}`, 'r1', 22, 'unknown'],
    [`r1 ${field(ed)}`, 'r1', 830, 'known'],
    [`[2001:db8::1]:830 ${field(ed)}`, '2001:db8::1', 830, 'known'],
    [`*.example.net ${field(ed)}`, 'r1.example.net', 22, 'known'],
    [`*.example.net,!r1.example.net ${field(ed)}`, 'r1.example.net', 22, 'unknown'],
    [`!r1.example.net,*.example.net ${field(ed)}`, 'r2.example.net', 22, 'known'],
    [`!r1 ${field(ed)}`, 'r2', 22, 'unknown'],
    [`r? ${field(ed)}`, 'r1', 22, 'known'],
    [`r? ${field(ed)}`, 'r11', 22, 'unknown'],
    [`r.1 ${field(ed)}`, 'rx1', 22, 'unknown'],
    [`[10.0.*]:830 ${field(ed)}`, '10.0.0.1', 830, 'known'],
    [`${hashed('r1')} ${field(ed)}`, 'r1', 22, 'known'],
    [`${hashed('[r1]:830')} ${field(ed)}`, 'r1', 830, 'known'],
    [`${hashed('r1')} ${field(ed)}`, 'r2', 22, 'unknown'],
    [`r1 ${field(otherEd)}`, 'r1', 22, 'changed'],
    [`r1 ${field(rsa)}`, 'r1', 22, 'of another type'],
    [`r1 ${field(rsa)}`, 'r1', 830, 'of another type'],
    [`r1 ${field(rsa)}\nr1 ${field(otherEd)}`, 'r1', 22, 'changed'],
    [`r1 ${field(otherEd)}\nr1 ${field(rsa)}\nr1 ${field(ed)}`, 'r1', 22, 'known'],
    [`r1 ${field(otherEd)}`, 'r1', 830, 'unknown'],
    [`@revoked r1 ${field(ed)}`, 'r1', 22, 'revoked'],
    [`r1 ${field(ed)}\n@revoked * ${field(ed)}`, 'r1', 22, 'revoked'],
    [`r1 ${field(ed)}\n@revoked * ${field(otherEd)}`, 'r1', 22, 'known'],
    [`@revoked r1 ${field(otherEd)}`, 'r1', 22, 'unknown'],
    [`@cert-authority * ${field(ed)}`, 'r1', 22, 'unknown'],
    [`# r1 ${field(ed)}\n\n   \nr1 ${field(ed)}\r`, 'r1', 22, 'known'],
    ['', 'r1', 22, 'unknown'],
  ];
  for (const [line, host, port, expected] of table) {
    const shown = line
      .replaceAll(/ [A-Za-z0-9+/=]{16,}/g, ' …')
      .replaceAll(/\n/g, ' ⏎ ')
      .trim();
    it(`"${shown}" makes ${host} port ${port} ${expected}`, () =>
      assert.equal(verdict(line, host, port), expected));
  }

  it('takes no longer for a pattern of many stars', () => {
    const name = 'a'.repeat(250);
    assert.equal(verdict(`${'*a'.repeat(100)}*b ${field(ed)}`, name, 22), 'unknown');
    assert.equal(verdict(`${'*a'.repeat(100)}* ${field(ed)}`, name, 22), 'known');
  });

  it('ignores a key with something in it that is no base64', () => {
    const blob = ed.toString('base64');
    const line = `r1 ssh-ed25519 ${blob.slice(0, 10)}(${blob.slice(10)}`;
    assert.equal(verdict(line, 'r1', 22), 'unknown');
    assert.equal(parseKnownHosts(line, 'f').notes.length, 1);
  });

  it('shows of foreign text what a terminal does not obey', () => {
    const odd = key('\u001b[2J', 'x');
    const hosts = parseKnownHosts(`@\u001b[2J${'x'.repeat(1_000)} r1 ${field(ed)}`, 'f');
    const told = [...hosts.notes, JSON.stringify(hosts.verify({ host: 'r1', port: 22 }, odd))].join();
    assert.ok(!/\p{Cc}|\\u001b/u.test(told) && told.length < 500, told);
  });

  it('describes a refused key by type, fingerprint and what to do', () => {
    const file = parseKnownHosts(`[r1]:830 ${field(otherEd)}`, '/my files/known_hosts');
    const fingerprint = `SHA256:${createHash('sha256').update(ed).digest('base64').replace(/=+$/, '')}`;
    assert.deepEqual(file.verify({ host: 'r2', port: 830 }, ed), {
      kind: 'unknown',
      keyType: 'ssh-ed25519',
      fingerprint,
      hint: "if that is the router's fingerprint: ssh-keyscan -p 830 r2 >> '/my files/known_hosts'",
    });
    const changed = file.verify({ host: 'r1', port: 830 }, ed);
    assert.match(
      changed.kind === 'known' ? '' : changed.hint,
      /ssh-keygen -R '\[r1\]:830' -f '\/my files\/known_hosts' && ssh-keyscan -p 830 r1 >> /,
    );
  });

  it('says of a key of another type which ones are known, and how that one key is fetched', () => {
    const file = parseKnownHosts(`r1 ${field(rsa)}`, 'f');
    const told = file.verify({ host: 'r1', port: 830 }, ed);
    assert.equal(
      told.kind === 'known' ? '' : told.hint,
      "known for it is ssh-rsa; if that is the router's fingerprint: ssh-keyscan -t ed25519 -p 830 r1 >> f",
    );
  });

  it('tells which types of key are known for a host, without revoked ones', () => {
    const file = parseKnownHosts(
      `r1 ${field(rsa)}\n[r1]:830 ${field(ed)}\n@revoked r1 ${field(otherEd)}\nr2 ${field(ed)}`,
      'f',
    );
    assert.deepEqual(file.keyTypes({ host: 'r1', port: 830 }), ['ssh-rsa', 'ssh-ed25519']);
    assert.deepEqual(file.keyTypes({ host: 'r1', port: 22 }), ['ssh-rsa']);
    assert.deepEqual(file.keyTypes({ host: 'r3', port: 22 }), []);
  });

  it('ignores a last line that is not written to its end', () => {
    const line = `r1 ssh-rsa ${rsa.toString('base64')}`;
    const whole = line.replace(/=+$/, '').length;
    for (let length = 1; length < whole; length += 1)
      assert.equal(verdict(line.slice(0, length), 'r1', 22, rsa), 'unknown', `${length} of ${whole}`);
    assert.equal(verdict(line, 'r1', 22, rsa), 'known');
  });

  it('notes the lines it ignores', () => {
    const text = `@cert-authority * ${field(ed)}\nr1 ssh-ed25519\nr1 ssh-rsa ${ed.toString('base64')}\n@odd r1 ${field(ed)}\n|1|x ${field(ed)}\nr1 ${field(ed)}`;
    const { notes } = parseKnownHosts(text, 'f');
    assert.deepEqual(
      notes.map((note) => note.split(':')[0]),
      ['f, line 1', 'f, line 2', 'f, line 3', 'f, line 4', 'f, line 5'],
    );
  });

  describe('as a file', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'known-hosts-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    const old = (file: KnownHostsFile) => utimes(file.path, 0, 0);

    it('knows nobody while it does not exist, and is read again when it changes', async () => {
      const file = new KnownHostsFile(join(folder, 'known_hosts'));
      const kind = async () => (await file.read()).verify({ host: 'r1', port: 22 }, ed).kind;
      assert.equal(await kind(), 'unknown');
      await appendFile(file.path, `r2 ${field(ed)}\n`);
      assert.equal(await kind(), 'unknown');
      await appendFile(file.path, `r1 ${field(ed)}\n`);
      assert.equal(await kind(), 'known');
      await old(file);
      assert.equal(await file.read(), await file.read());
      await rm(file.path);
      assert.equal(await kind(), 'unknown');
    });

    it('says why hosts may be missing: it cannot be read, or was changed just now', async () => {
      const doubt = async (file: KnownHostsFile) => (await file.read()).doubt;
      assert.equal(await doubt(new KnownHostsFile(folder)), `${folder} can't be read (EISDIR)`);
      const file = new KnownHostsFile(join(folder, 'known_hosts'));
      assert.equal(await doubt(file), `${file.path} can't be read (ENOENT)`);
      await appendFile(file.path, `r1 ${field(ed)}\n`);
      assert.equal(await doubt(file), `${file.path} was changed just now`);
      await old(file);
      assert.equal(await doubt(file), undefined);
      await appendFile(file.path, `r2 ${field(ed)}\n`);
      assert.equal(await doubt(file), `${file.path} was changed just now`);
    });
  });
});
