import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { download, verifyAgainstSums } from '../../local/setup/download.mjs';

describe('a download', () => {
  let server: Server;
  let base: string;
  before(async () => {
    server = createServer((request, response) => {
      if (request.url === '/archive') response.end('bytes');
      else if (request.url === '/missing') response.writeHead(404).end();
      // Other paths get no answer.
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('resolves to the bytes', async () => {
    assert.equal((await download(`${base}/archive`, 5_000)).toString(), 'bytes');
  });

  it('gives the reason for a failure in one line', async () => {
    await assert.rejects(download(`${base}/missing`, 5_000), { message: 'download: answer 404' });
    await assert.rejects(download(`${base}/silent`, 100), /^Error: download: .*timeout/i);
    await assert.rejects(download('http://127.0.0.1:1/', 5_000), /^Error: download: \S+/);
  });
});

describe("a publisher's list of checksums", () => {
  const bytes = Buffer.from('archive');
  const sum = createHash('sha256').update(bytes).digest('hex');
  const other = createHash('sha256').update('other').digest('hex');

  it('accepts bytes with the right checksum, in both formats of sha256sum', () => {
    verifyAgainstSums(bytes, 'a.tar.gz', `${other}  b.tar.gz\n${sum}  a.tar.gz\n`);
    verifyAgainstSums(bytes, 'a.tar.gz', `${sum} *a.tar.gz\n`);
  });

  it('refuses bytes with another checksum', () => {
    assert.throws(() => verifyAgainstSums(bytes, 'a.tar.gz', `${other}  a.tar.gz\n`), {
      message: `a.tar.gz: expected SHA-256 ${other}, got ${sum}`,
    });
  });

  it('refuses a file that it does not list', () => {
    const names = `${sum}  a.tar.gz.asc\n${sum}  x-a.tar.gz\n`;
    assert.throws(() => verifyAgainstSums(bytes, 'a.tar.gz', names), /no checksum for a\.tar\.gz/);
  });
});
