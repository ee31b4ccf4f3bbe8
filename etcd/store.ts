/** The one door to etcd. Every method that writes is one fenced transaction whose outcome is a value. */
import type { GatewayVersion, Role } from '../gateway/resource.ts';
import type { BeginOutcome, PlanRecord } from './plan-record.ts';
import type { RecordOutcome } from './progress.ts';
import type { PublishOutcome, PublishRequest } from './publish.ts';
import type { RegisterOutcome, RegisterRequest } from './register.ts';
import type { Snapshot } from './snapshot.ts';
import type { StateFacts } from './state.ts';
import type { TemplateOutcome } from './templates.ts';

export type GatewayRef = Pick<GatewayVersion, 'resourceType' | 'resourceId'>;

export interface StoreOptions {
  /** `127.0.0.1:2379` or `https://…`, as etcdctl's `--endpoints` has them. */
  readonly endpoints: readonly string[];
  /** PEM texts. `cert` and `key` go together. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly auth?: { readonly username: string; readonly password: string };
  /** How long each call may take, in milliseconds. Default: 5,000. */
  readonly deadlineMs?: number;
}

/**
 * Every method throws `StoreUnavailableError` when etcd does not answer and `StoreRefusedError` when it refuses the request; both
 * can be asked again with the same arguments: what had happened already is found out and not done twice.
 */
export interface Store {
  /** A view of `/config` at one revision: that of its first read. */
  snapshot(): Snapshot;
  /** `/state` of a gateway; `undefined` when there is none. */
  state(gateway: GatewayRef): Promise<StateFacts | undefined>;
  /** Claims, both job records, `job_state` = `{}` and the plan record, all or nothing. Once per run, however often it is asked. */
  register(request: RegisterRequest): Promise<RegisterOutcome>;
  planRecord(gateway: GatewayRef): Promise<PlanRecord | undefined>;
  /** Takes the next attempt number; all before it are void. */
  beginAttempt(gateway: GatewayVersion, run: string): Promise<BeginOutcome>;
  /**
   * Asked under the router's lock, before the commit: these routers may carry the gateway from now on.
   * `false`: the number was voided, nothing may be committed.
   */
  confirmAttempt(gateway: GatewayVersion, attempt: number, mayCarry: readonly Role[]): Promise<boolean>;
  /** Voids every number given out so far and takes the next for the undo. `undefined`: no record of this version and run. */
  voidAttempts(gateway: GatewayVersion, run: string): Promise<PlanRecord | undefined>;
  /** These routers were seen without the gateway. `false`: the number was voided, nothing was written. */
  markClean(gateway: GatewayVersion, attempt: number, roles: readonly Role[]): Promise<boolean>;
  /** `heat_stacks` CREATE_COMPLETE, and `job_state` from `{}` to `{"heat_outputs":[]}`. */
  recordStack(gateway: GatewayVersion, configRevision: string, run: string): Promise<RecordOutcome>;
  /** `state_monitoring` into `job_state`. */
  recordMonitoring(
    gateway: GatewayVersion,
    configRevision: string,
    run: string,
    words: Readonly<Record<string, string>>,
  ): Promise<RecordOutcome>;
  /** The terminal write: `/state`, once per version. */
  publish(request: PublishRequest): Promise<PublishOutcome>;
  /** Puts a template's body under `/config/v2.0/heat_templates/<id>`; the version rises when the content differs. */
  publishTemplate(id: string, body: Readonly<Record<string, unknown>>): Promise<TemplateOutcome>;
  /** Resolves when etcd answers a linearizable read. */
  ping(): Promise<void>;
  close(): void;
}
