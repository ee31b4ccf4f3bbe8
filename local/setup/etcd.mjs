import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
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
    { title: "Debian's package etcd-server, unpacked but not installed", limit: 120_000, fetch: fromDebian },
    { title: `the official release ${version}`, limit: 180_000, fetch: fromRelease },
    { title: `a build of ${version} from source by Go`, limit: 600_000, fetch: fromSource },
  ],
};

/**
 * Fetches the package with apt, which checks it against a signed index. If the system's package lists don't work, apt updates lists in
 * our own folder.
 */
async function fromDebian(folder, limit) {
  const left = untilDeadline(limit);
  // As root, apt would download as another user, who may not write here, and would print a warning.
  const common = ['-q', '-o', 'APT::Sandbox::User=root', '-o', `Dir::Cache=${folder}/cache`];
  const ownLists = ['-o', `Dir::State::lists=${folder}/lists`];
  await mkdir(`${folder}/cache/archives/partial`, { recursive: true });
  await mkdir(`${folder}/lists/partial`, { recursive: true });
  const options = { cwd: folder, env: { ...process.env, LC_ALL: 'C' } };
  try {
    await attempt('apt-get', [...common, 'download', 'etcd-server'], { ...options, limit: left() });
  } catch (error) {
    if (error.missing) throw error;
    // The system's package lists are missing or outdated.
    await attempt('apt-get', [...common, ...ownLists, 'update'], { ...options, limit: left() });
    await attempt('apt-get', [...common, ...ownLists, 'download', 'etcd-server'], {
      ...options,
      limit: left(),
    });
  }
  const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'));
  await attempt('dpkg-deb', ['-x', archive, 'unpacked'], { ...options, limit: left() });
  return `${folder}/unpacked/usr/bin/etcd`;
}

/** Fetches the release archive and checks it against the checksums published with it. */
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
