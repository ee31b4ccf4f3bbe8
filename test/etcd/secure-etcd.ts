/** A real etcd over TLS that wants client certificates; users and roles as a test makes them. */
import { Etcd3 } from 'etcd3';
import { clientOptions } from '../../etcd/options.ts';
import { openStore } from '../../etcd/store.ts';
import type { StoreOptions } from '../../etcd/store.ts';
import { startChild, untilReady } from '../../local/child.ts';
import { freePorts } from '../../local/ports.ts';
import { programOf } from '../../local/programs.ts';
import { openRun } from '../../local/run.ts';
import type { Run } from '../../local/run.ts';
import { newAuthority } from '../world/certificates.ts';

export interface SecureEtcd {
  readonly run: Run;
  /** `https://localhost:port` */
  readonly endpoint: string;
  /** The authority that a client trusts, and the certificate and key that it shows. */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  /** `tls` as files, in etcdctl's environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes etcd refuse clients without a login. Resolves to the password of a user that may do everything. */
  requirePasswords(): Promise<string>;
  /** A plain client, to look and to prepare with. */
  client(auth?: StoreOptions['auth']): Etcd3;
  close(): Promise<void>;
}

export async function startSecureEtcd(...args: readonly string[]): Promise<SecureEtcd> {
  const run = await openRun();
  const [port = 0, peerPort = 0] = await freePorts(2);
  const authority = newAuthority();
  const [server, own] = [authority.issue('etcd'), authority.issue('gateway-saga')];
  const file = (name: string, text: string) => run.write(name, text);
  const ca = await file('ca.pem', authority.cert);
  const [listen, peer] = [`https://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  const program = await programOf('etcd');
  const variables = Object.keys(process.env).filter((name) => name.startsWith('ETCD_'));
  const child = await startChild({
    name: 'etcd-tls',
    program,
    args: [
      '--name=tls',
      `--data-dir=${run.folder}/etcd-tls`,
      `--listen-client-urls=${listen}`,
      `--advertise-client-urls=${listen}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=tls=${peer}`,
      `--cert-file=${await file('server.pem', server.cert)}`,
      `--key-file=${await file('server.key', server.key)}`,
      `--trusted-ca-file=${ca}`,
      '--client-cert-auth',
      ...args,
    ],
    env: Object.fromEntries(variables.map((name) => [name, undefined])),
    log: `${run.logs}/etcd-tls.log`,
  });
  await run.adopt(child, program);
  const endpoint = `https://localhost:${port}`;
  const tls = { ca: authority.cert, cert: own.cert, key: own.key };
  await untilReady(child, 30_000, () => answers({ endpoints: [endpoint], tls }));
  const client = (auth?: StoreOptions['auth']) =>
    new Etcd3(clientOptions({ endpoints: [endpoint], tls, ...(auth && { auth }) }));
  return {
    run,
    endpoint,
    tls,
    environment: {
      ETCDCTL_ENDPOINTS: endpoint,
      ETCDCTL_CACERT: ca,
      ETCDCTL_CERT: await file('client.pem', own.cert),
      ETCDCTL_KEY: await file('client.key', own.key),
    },
    client,
    async requirePasswords() {
      const open = client();
      const root = await open.user('root').create('canary-root');
      await root.addRole(await open.role('root').create());
      await open.auth.authEnable();
      open.close();
      return 'canary-root';
    },
    async close() {
      await child.stop();
      await run.close();
    },
  };
}

async function answers(options: StoreOptions): Promise<boolean> {
  const store = openStore({ deadlineMs: 2_000, ...options });
  try {
    await store.ping();
    return true;
  } catch {
    return false;
  } finally {
    store.close();
  }
}
