import { chmod, writeFile } from 'node:fs/promises';
import { fromDebian } from './debian.mjs';
import { download, verifyAgainstSums } from './download.mjs';
import { tools } from './paths.mjs';
import { attempt, untilDeadline } from './steps.mjs';
import { etcdObjection, pinned, platform } from './versions.mjs';

const version = pinned.etcd;

export const etcd = {
  name: 'etcd',
  title: 'etcd',
  variable: 'GATEWAY_SAGA_ETCD',
  folder: `${tools}/etcd`,
  version: /etcd Version: (\d+\.\d+\.\d+)/,
  objection: etcdObjection,
  wanted: '3.4 or newer, but not 3.5.0 to 3.5.2',
  sources: [
    fromDebian({ name: 'etcd-server', program: 'etcd' }),
    { title: `the official release ${version}`, limit: 180_000, fetch: fromRelease },
    { title: `a build of ${version} from source by Go`, limit: 600_000, fetch: fromSource },
  ],
};

/** Fetches the release archive and checks it against the checksums that were published with it. */
async function fromRelease(folder, limit) {
  const left = untilDeadline(limit);
  const base = `https://github.com/etcd-io/etcd/releases/download/v${version}`;
  const name = `etcd-v${version}-${platform.os}-${platform.arch}`;
  const archive = `${name}.${platform.os === 'darwin' ? 'zip' : 'tar.gz'}`;
  const sums = (await download(`${base}/SHA256SUMS`, left())).toString('utf8');
  const bytes = await download(`${base}/${archive}`, left());
  verifyAgainstSums(bytes, archive, sums);
  await writeFile(`${folder}/${archive}`, bytes);
  // The tar of macOS reads zip archives, too.
  await attempt('tar', ['-xf', archive], { cwd: folder, limit: left() });
  await chmod(`${folder}/${name}/etcd`, 0o755);
  return `${folder}/${name}/etcd`;
}

/** Builds from source with Go, which checks modules against its checksum database. Go's caches stay in our own folder. */
async function fromSource(folder, limit) {
  const left = untilDeadline(limit);
  const env = { ...process.env, GOPATH: `${folder}/go`, GOCACHE: `${folder}/cache`, GOFLAGS: '-modcacherw' };
  const program =
    'package main\n\nimport (\n\t"os"\n\n\t"go.etcd.io/etcd/server/v3/etcdmain"\n)\n\nfunc main() { etcdmain.Main(os.Args) }\n';
  await writeFile(`${folder}/main.go`, program);
  await attempt('go', ['mod', 'init', 'etcd'], { cwd: folder, env, limit: left() });
  await attempt('go', ['get', `go.etcd.io/etcd/server/v3/etcdmain@v${version}`], {
    cwd: folder,
    env,
    limit: left(),
  });
  await attempt('go', ['build', '-o', 'etcd', '.'], { cwd: folder, env, limit: left() });
  return `${folder}/etcd`;
}
