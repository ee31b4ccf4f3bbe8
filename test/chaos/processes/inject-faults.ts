/** Makes a schedule's faults happen, and repairs them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../gateway/display.ts';
import { pairIdOf } from '../../../pair/messages.ts';
import { isolate, moveLeader } from '../../world/etcd-cluster.ts';
import { compact, fill, makeRoom } from './etcd-space.ts';
import { describeFault, WORKERS } from './faults.ts';
import type { Effect, Fault, LinkName } from './faults.ts';
import type { Link } from './link.ts';
import { isOfEtcd, membersOf } from './members.ts';
import type { Stage } from './participants.ts';
import type { Program } from './program.ts';
import type { Order } from './routers-messages.ts';

export class Chaos {
  private readonly stage: Stage;
  private over = false;
  /** Faults that have begun and are not repaired yet. */
  private readonly going = new Set<Promise<void>>();
  /** Ends the wait for faults that have not begun. */
  private readonly end = new AbortController();
  private filled = false;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  /** Arms all faults. A fault whose point is never passed never happens. */
  begin(faults: readonly Fault[]): void {
    for (const fault of faults) void this.keep(this.arm(fault));
  }

  /** No more faults: those under way end, and everything that is still wrong is repaired. */
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
    // Routers that could not write their state may be about to end.
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
    const { when, effect } = fault;
    const name = describeFault(fault);
    const happen = async (targets: readonly Program[]): Promise<void> => {
      if (this.over) return;
      this.stage.say(`fault: ${name}`);
      await this.perform(effect, targets);
    };
    if (when.kind === 'time') {
      await this.last(when.at);
      await happen(await this.targetsOf(effect));
    } else if (when.kind === 'point') {
      // Not waited for: the point may never be passed.
      const come = this.come({ kind: 'point', point: when.point });
      void come.then(() => this.keep(this.targetsOf(effect).then(happen)));
    } else {
      await this.last(when.from);
      const meanwhile = async (): Promise<void> => {
        // Finding the leader may take longer than the request is delayed.
        const targets = await this.targetsOf(effect);
        await Promise.race([this.keep(happen(targets)), sleep(50)]);
      };
      if (!this.over) this.link(when.link).arm(when.marker, { kind: 'pause', meanwhile });
    }
  }

  private async perform(effect: Effect, targets: readonly Program[]): Promise<void> {
    const { site, participants, routers } = this.stage;
    switch (effect.kind) {
      case 'kill':
        await Promise.all(
          targets.map(async (program) => {
            await program.kill();
            await sleep(effect.ms);
            // The servers that the program needs in order to start may be down as well. The start is repeated at the end.
            await program.revive().catch(() => undefined);
          }),
        );
        return;
      case 'freeze':
        for (const program of targets) program.freeze();
        await sleep(effect.ms);
        for (const program of targets) program.thaw();
        return;
      case 'cut':
        return this.link(effect.link).drop();
      case 'away': {
        const link = this.link(effect.link);
        link.closed = true;
        link.drop();
        await sleep(effect.ms);
        link.closed = false;
        return;
      }
      case 'stall':
        this.link(effect.link).freeze();
        await sleep(effect.ms);
        return this.link(effect.link).unfreeze();
      case 'slow': {
        const links = effect.link === 'all' ? [...site.links.values()] : [this.link(effect.link)];
        for (const link of links) link.delayMs = effect.delayMs;
        await sleep(effect.ms);
        for (const link of links) link.delayMs = 0;
        return;
      }
      case 'half':
        return this.link(effect.link).halve();
      case 'lose':
        return this.link(effect.link).arm(
          effect.marker,
          effect.what === 'request' ? { kind: 'request' } : { kind: 'reply', applied: () => sleep(150) },
        );
      case 'late': {
        const link = this.link(effect.link);
        link.arm(effect.marker, { kind: 'held' });
        await sleep(effect.ms);
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
        await sleep(effect.ms);
        return makeRoom(site);
      case 'isolate': {
        const member = site.members.find(({ name }) => name === targets[0]?.name);
        const back = member && isolate(site.members, member);
        await sleep(effect.ms);
        return back?.();
      }
      case 'restart':
        await routers.order({ kind: 'restart', router: effect.router }).catch(() => undefined);
        return;
      case 'half open':
      case 'deny lock': {
        const { kind, router } = effect;
        await routers.order({ kind, router, on: true }).catch(() => undefined);
        await sleep(effect.ms);
        await routers.order({ kind, router, on: false }).catch(() => undefined);
        return;
      }
      case 'router does': {
        const { point, outcome } = effect;
        const told = `fault: come by: ${outcome.kind} at ${point.rpc} of ${point.router}`;
        void this.come({ kind: 'point', point, outcome }).then(() => this.stage.say(told));
        return;
      }
      case 'terminate pair': {
        const [one, other] = effect.pair.map((name) => participants.routers[name].id) as [string, string];
        const pair = site.temporal.workflow.getHandle(pairIdOf([one, other]));
        // There may be no such workflow, or no server that answers.
        await pair.terminate('by somebody').catch(() => undefined);
        return;
      }
      case 'disk full':
        routers.fillDisk();
        await sleep(effect.ms);
        routers.clearDisk();
        return routers.revive();
      default:
        effect satisfies never;
    }
  }

  /** Resolves when a router passes the point; never, if none does. If the routers are started anew, they get the order anew. */
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

  /** Resolves after `ms`, or when the faults are over. */
  private async last(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.end.signal }).catch(() => undefined);
  }

  private keep(going: Promise<void>): Promise<void> {
    const kept = going.catch((error: unknown) => {
      this.stage.say(`chaos: ${messageOf(error)}`);
    });
    this.going.add(kept);
    void kept.then(() => this.going.delete(kept));
    return kept;
  }

  /** The programs that the fault is about, if any. */
  private async targetsOf(effect: Effect): Promise<readonly Program[]> {
    const { programs, members } = this.stage.site;
    const name = 'program' in effect ? effect.program : effect.kind === 'isolate' ? effect.member : undefined;
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
