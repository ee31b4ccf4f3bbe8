/** What becomes of gateways in a run once they were requested: new versions, deletions, and statements of operators in their stanzas. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KEYS } from '../../../etcd/keys.ts';
import { workflowIdOf } from '../../../gateway/resource.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import { additionTo, changed, firstOf } from '../changes.ts';
import type { First } from '../changes.ts';
import type { WorkloadChange, RouterName } from '../workload.ts';
import type { Stage } from './participants.ts';
import { writeVersion } from './records.ts';
import type { OperatorAction } from './routers-messages.ts';

/** How often somebody starts a change that he insists on, at most. */
const MOST_STARTS = 15;
const AGAIN_MS = 1_500;

/** What a person can do. While servers are down, it is repeated. */
export interface Hands {
  /** Requests what the gateway's configuration asks for. */
  request(gateway: TestGateway): Promise<void>;
  /** Writes into etcd. */
  write(what: string, act: () => Promise<unknown>): Promise<void>;
  removes(gateway: TestGateway): Promise<void>;
  operate(router: RouterName, action: OperatorAction): Promise<void>;
}

export class ChangeGateways {
  private readonly stage: Stage;
  private readonly hands: Hands;
  /** How the gateways were requested first. */
  private readonly firsts: readonly First[];
  private additions = 0;

  constructor(stage: Stage, hands: Hands) {
    this.stage = stage;
    this.hands = hands;
    this.firsts = stage.participants.gateways.map(firstOf);
  }

  async act(change: WorkloadChange): Promise<void> {
    const gateway = this.stage.participants.gateways[change.gateway];
    const first = this.firsts[change.gateway];
    if (gateway === undefined || first === undefined) throw new RangeError(`no gateway ${change.gateway}`);
    const { etcd } = this.stage.site;
    switch (change.kind) {
      case 'change': {
        const neighbours = changed(gateway, first, change.of).slice(0, -1);
        const { version } = gateway.gateway;
        await this.hands.write(`version ${version} of ${workflowIdOf(gateway)}: ${change.of}`, () =>
          writeVersion(etcd, gateway, version, neighbours),
        );
        return change.insists ? this.untilEnded(gateway, version) : this.hands.request(gateway);
      }
      case 'marked record removed':
        return gateway.gateway.markedForDeletion === true ? this.hands.removes(gateway) : undefined;
      case 'operator adds': {
        this.additions += 1;
        const statement = `set ${additionTo(gateway, change.place, this.additions)}`;
        const keys = { state: KEYS.state(gateway), plan: KEYS.plan(gateway) };
        const where = { etcd, keys, version: gateway.gateway.version };
        return this.hands.operate(change.router, { kind: 'adds', statement, where });
      }
      default:
        change satisfies never;
    }
  }

  /** Starts the change again until its version has ended, as long as that version is the newest one. */
  private async untilEnded(gateway: TestGateway, version: number): Promise<void> {
    for (let starts = 0; starts < MOST_STARTS && gateway.gateway.version === version; starts += 1) {
      if (starts > 0 && (await this.told(gateway)) === version) return;
      await this.hands.request(gateway);
      await sleep(AGAIN_MS);
    }
  }

  /** The version that `/state` has, if there is one and etcd answers. */
  private async told(gateway: TestGateway): Promise<number | null | undefined> {
    return (await this.stage.site.store.state(gateway).catch(() => undefined))?.version;
  }
}
