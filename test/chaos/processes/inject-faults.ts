/** Lets what a schedule says go wrong, and puts it right again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pairIdOf } from '../../../pair/messages.ts';
import { isolate, moveLeader } from '../../world/etcd-cluster.ts';
import { compact, fill, makeRoom } from './etcd-space.ts';
import { describeFault, WORKERS } from './faults.ts';
import type { Deed, Fault, LinkName } from './faults.ts';
import type { Link } from './link.ts';
import { isOfEtcd, membersOf } from './members.ts';
import type { Stage } from './people.ts';
import type { Program } from './program.ts';
import type { Order } from './routers-messages.ts';

export class Chaos {
  private readonly stage: Stage;
  private over = false;
  /** What was begun and is not put right yet. */
  private readonly going = new Set<Promise<void>>();
  /** Ends the waiting for what has not begun. */
  private readonly end = new AbortController();
  private filled = false;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  /** Arms all of it. What never comes by never happens. */
  begin(faults: readonly Fault[]): void {
    for (const fault of faults) void this.keep(this.arm(fault));
  }

  /** No more faults: what goes on comes to its end, and everything that is still wrong is put right. */
  async stop(): Promise<void> {
    this.over = true;
    this.end.abort();
    const { site, routers, say } = this.stage;
    for (const proxy of site.links.values()) proxy.disarm();
    await Promise.all(this.going);
    for (const proxy of site.links.values()) {
      proxy.closed = false;
      proxy.delayMs = 0;
      proxy.unfreeze();
      proxy.release();
    }
    routers.clearDisk();
    // Those that could not keep something may be about to end.
    for (let tries = 1; ; tries += 1) {
      try {
        await routers.revive();
        await routers.order({ kind: 'clear' });
        break;
      } catch (error) {
        if (tries === 20) throw error;
        await sleep(200);
      }
    }
    await site.ready();
    if (this.filled) await makeRoom(site);
    say('chaos: all faults are over');
  }

  private async arm(fault: Fault): Promise<void> {
    const { when, deed } = fault;
    const name = describeFault(fault);
    const happen = async (targets: readonly Program[]): Promise<void> => {
      if (this.over) return;
      this.stage.say(`fault: ${name}`);
      await this.perform(deed, targets);
    };
    if (when.kind === 'time') {
      await this.last(when.at);
      await happen(await this.targetsOf(deed));
    } else if (when.kind === 'point') {
      // Not waited for: it may never be come by.
      const come = this.come({ kind: 'point', point: when.point });
      void come.then(() => this.keep(this.targetsOf(deed).then(happen)));
    } else {
      await this.last(when.from);
      const meanwhile = async (): Promise<void> => {
        // To find out who leads may take longer than the request is to wait for what happens then.
        const targets = await this.targetsOf(deed);
        await Promise.race([this.keep(happen(targets)), sleep(50)]);
      };
      if (!this.over) this.link(when.link).arm(when.marker, { kind: 'pause', meanwhile });
    }
  }

  private async perform(deed: Deed, targets: readonly Program[]): Promise<void> {
    const { site, cast, routers } = this.stage;
    switch (deed.kind) {
      case 'kill':
        await Promise.all(
          targets.map(async (program) => {
            await program.kill();
            await sleep(deed.ms);
            // Those that are needed to start may be away as well: it is tried again at the end.
            await program.revive().catch(() => undefined);
          }),
        );
        return;
      case 'freeze':
        for (const program of targets) program.freeze();
        await sleep(deed.ms);
        for (const program of targets) program.thaw();
        return;
      case 'cut':
        return this.link(deed.link).drop();
      case 'away': {
        const link = this.link(deed.link);
        link.closed = true;
        link.drop();
        await sleep(deed.ms);
        link.closed = false;
        return;
      }
      case 'stall':
        this.link(deed.link).freeze();
        await sleep(deed.ms);
        return this.link(deed.link).unfreeze();
      case 'slow': {
        const links = deed.link === 'all' ? [...site.links.values()] : [this.link(deed.link)];
        for (const link of links) link.delayMs = deed.delayMs;
        await sleep(deed.ms);
        for (const link of links) link.delayMs = 0;
        return;
      }
      case 'half':
        return this.link(deed.link).halve();
      case 'lose':
        return this.link(deed.link).arm(
          deed.marker,
          deed.what === 'request' ? { kind: 'request' } : { kind: 'reply', applied: () => sleep(150) },
        );
      case 'late': {
        const link = this.link(deed.link);
        link.arm(deed.marker, { kind: 'held' });
        await sleep(deed.ms);
        return link.release();
      }
      case 'compact':
        return compact(site);
      case 'move leader':
        this.stage.say(`chaos: ${(await moveLeader(site.members)) ?? 'nobody'} is to lead`);
        return;
      case 'no space':
        this.filled = true;
        await fill(site);
        await sleep(deed.ms);
        return makeRoom(site);
      case 'isolate': {
        const member = site.members.find(({ name }) => name === targets[0]?.name);
        const back = member && isolate(site.members, member);
        await sleep(deed.ms);
        return back?.();
      }
      case 'restart':
        await routers.order({ kind: 'restart', router: deed.router }).catch(() => undefined);
        return;
      case 'half open':
      case 'deny lock': {
        const { kind, router } = deed;
        await routers.order({ kind, router, on: true }).catch(() => undefined);
        await sleep(deed.ms);
        await routers.order({ kind, router, on: false }).catch(() => undefined);
        return;
      }
      case 'router does': {
        const { point, outcome } = deed;
        const told = `fault: come by: ${outcome.kind} at ${point.rpc} of ${point.router}`;
        void this.come({ kind: 'point', point, outcome }).then(() => this.stage.say(told));
        return;
      }
      case 'terminate pair': {
        const [one, other] = deed.pair.map((name) => cast.routers[name].id) as [string, string];
        const pair = site.temporal.workflow.getHandle(pairIdOf([one, other]));
        // There may be none, or nobody to be asked.
        await pair.terminate('by somebody').catch(() => undefined);
        return;
      }
      case 'disk full':
        routers.fillDisk();
        await sleep(deed.ms);
        routers.clearDisk();
        return routers.revive();
      default:
        deed satisfies never;
    }
  }

  /** Resolves when a router comes by, never if none does. Routers that were started anew are told anew. */
  private async come(order: Extract<Order, { readonly kind: 'point' }>): Promise<void> {
    for (;;) {
      try {
        await this.stage.routers.order(order);
        return;
      } catch {
        // Nothing begins any more when it is over.
        await new Promise((resolve) => (this.over ? undefined : setTimeout(resolve, 200)));
      }
    }
  }

  /** So long, or until it is over. */
  private async last(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.end.signal }).catch(() => undefined);
  }

  private keep(going: Promise<void>): Promise<void> {
    const kept = going.catch((error: unknown) => {
      this.stage.say(`chaos: ${error instanceof Error ? error.message : String(error)}`);
    });
    this.going.add(kept);
    void kept.then(() => this.going.delete(kept));
    return kept;
  }

  /** The programs that it is about, if any. */
  private async targetsOf(deed: Deed): Promise<readonly Program[]> {
    const { programs, members } = this.stage.site;
    const name = 'program' in deed ? deed.program : deed.kind === 'isolate' ? deed.member : undefined;
    if (name === undefined) return [];
    if (name === 'workers') return WORKERS.map((worker) => programs[worker]);
    if (name === 'routers') return [this.stage.routers];
    if (!isOfEtcd(name)) return [programs[name]];
    return (await membersOf(members, name)).map((member) => programs[member.name]);
  }

  private link(name: LinkName): Link {
    const link = this.stage.site.links.get(name);
    if (!link) throw new RangeError(`no link ${name}`);
    return link;
  }
}
