import { writeFile } from 'node:fs/promises';
import { fromDebian } from './debian.mjs';
import { download, verifyAgainstSums } from './download.mjs';
import { tools } from './paths.mjs';
import { attempt, untilDeadline } from './steps.mjs';
import { pinned, platform, prometheusObjection } from './versions.mjs';

const version = pinned.prometheus;

/** Prometheus, and promtool, which tests the rules of Prometheus. Only some tests use them. Without them these tests are skipped. */
export const prometheus = {
  name: 'prometheus',
  beside: ['promtool'],
  isOptional: true,
  title: 'Prometheus',
  variable: 'GATEWAY_SAGA_PROMETHEUS',
  folder: `${tools}/prometheus`,
  version: /prometheus, version (\d+\.\d+\.\d+)/,
  objection: prometheusObjection,
  wanted: '2.40 or newer',
  sources: [
    fromDebian({ name: 'prometheus', program: 'prometheus' }),
    { title: `the official release ${version}`, limit: 180_000, fetch: fromRelease },
  ],
};

/** Fetches the release archive and checks it against the checksums published with it. */
async function fromRelease(folder, limit) {
  const left = untilDeadline(limit);
  const base = `https://github.com/prometheus/prometheus/releases/download/v${version}`;
  const name = `prometheus-${version}.${platform.os}-${platform.arch}`;
  const sums = (await download(`${base}/sha256sums.txt`, left())).toString('utf8');
  const bytes = await download(`${base}/${name}.tar.gz`, left());
  verifyAgainstSums(bytes, `${name}.tar.gz`, sums);
  await writeFile(`${folder}/${name}.tar.gz`, bytes);
  await attempt('tar', ['-xf', `${name}.tar.gz`], { cwd: folder, limit: left() });
  return `${folder}/${name}/prometheus`;
}
