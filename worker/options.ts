import type { PayloadCodec, WorkerDeploymentVersion } from '@temporalio/common';
import type { NativeConnectionOptions } from '@temporalio/worker';
import type { Policy } from '../gateway/policies.ts';
import type { StoreOptions } from '../etcd/store.ts';
import type { ConnectTo } from '../netconf/connect-to.ts';
import type { LogOptions } from './log/line.ts';
import type { TraceCollectorOptions } from './tracing/collector.ts';

/** All options of a worker. Routers' passwords are not among them: a worker reads a password from etcd when it needs it. */
export interface WorkerOptions {
  readonly temporal: { readonly connection: NativeConnectionOptions; readonly namespace: string };
  readonly etcd: StoreOptions;
  /** Path of an OpenSSH `known_hosts` file. Host keys are always checked. */
  readonly knownHosts: string;
  /** Where to connect to instead of the address in a router's record, by edge router id or `address:port`. */
  readonly connectTo?: ConnectTo;
  /** Content of a private key file, tried before the record's password. */
  readonly privateKey?: string;
  /** Path of an SSH agent's socket. */
  readonly agent?: string;
  readonly policy: Policy;
  /** Folder of kinds, instead of the package's own. */
  readonly templates?: string;
  /** Whether the worker sees to it that the workflow `config_watch` runs, and serves it. Default: not. */
  readonly watch?: boolean;
  readonly log: LogOptions;
  /** The version of a Worker Deployment as which the worker serves. Default: it is unversioned. */
  readonly deployment?: WorkerDeploymentVersion;
  /** `host:port` at which Prometheus scrapes metrics. Absent: the worker serves no metrics. */
  readonly metrics?: string;
  /** Whether routers and pairs have series of their own, however many there are. Default: only while there are few routers. */
  readonly metricsPerRouter?: boolean;
  /** Where spans are sent. Absent: nowhere. */
  readonly traces?: TraceCollectorOptions;
  /** `host:port` of `/healthz` and `/readyz`. Absent: the worker does not serve them. */
  readonly health?: string;
  /** Encodes payloads that the Temporal server must not read. `encrypts`: the codec encrypts, so failures are encoded, too. */
  readonly codec?: PayloadCodec & { readonly encrypts: boolean };
  /** File made by `npm run build`. Without it the workflows are bundled at start, which takes seconds. */
  readonly workflowBundle?: string;
}
