/** Makes the scheduled faults happen, and at the end repairs all of them at once. */
import { pairIdOf } from '../../pair/messages.ts';
import { WORKERS } from './faults.ts';
import { describeFault } from './faults.ts';
import type { Effect, Fault, Whose, WorkerName } from './faults.ts';
import { Meeting } from './meeting.ts';
import type { People } from './people.ts';
import type { Passing } from './points.ts';
import type { Stage } from './stage.ts';
import { concernedBy, strikerOf } from './strikes.ts';
import type { Strike } from './strikes.ts';

export class Injection {
  readonly #world: Stage;
  readonly #people: Pick<People, 'act'>;
  /** The strikes that were made, in their order. */
  readonly strikes: readonly Strike[];
  readonly meeting: Meeting | null;
  /** The repairs that are still to be made. */
  #repairs: (() => void)[] = [];
  #isOver = false;
  #isPaying = false;

  constructor(world: Stage, people: Pick<People, 'act'>) {
    this.#world = world;
    this.#people = people;
    const { faults, strikes, meeting, quietMs } = world.schedule;
    const { clock } = world.time;
    let isQuiet = quietMs > 0;
    if (isQuiet) clock.after(quietMs, () => (isQuiet = false));
    for (const fault of faults) {
      if (isQuiet) clock.after(quietMs, () => this.#plan(fault));
      else this.#plan(fault);
    }
    const struck =
      strikes &&
      strikerOf(strikes, world, (effect, { process }) => {
        if (!this.#isPaying || effect.kind === 'freeze' || effect.kind === 'kill')
          this.#carryOut(effect, { process });
      });
    if (struck)
      world.steps.striker = (...at) =>
        isQuiet || (this.#isOver && !this.#isPaying) ? undefined : struck.striker(...at);
    this.strikes = struck?.strikes ?? [];
    const open = (workflowId: string): void => {
      const [gateway] = concernedBy(workflowId, world);
      if (gateway === undefined) return;
      for (const does of meeting?.opening ?? [])
        this.#carryOut(
          does === 'new version' ? { kind: 'people', does, gateway } : { kind: 'saga', does, gateway },
          { process: undefined },
        );
    };
    this.meeting = meeting && new Meeting(meeting, clock, (what) => world.happens(what), open);
    if (this.meeting)
      world.steps.meeting = (place, workflowId, go) =>
        isQuiet ? go() : this.meeting?.arrive(place, workflowId, go);
  }

  /** From now on what is owed is paid. Points are struck again, until `end`, but nobody interferes with gateways any more. */
  pay(): void {
    this.#isPaying = true;
  }

  /** Ends all faults: everything works from now on. */
  end(): void {
    this.#isOver = true;
    this.#isPaying = false;
    const { points, weather, sites } = this.#world;
    points.clear();
    this.meeting?.end();
    for (const repair of this.#repairs.splice(0)) repair();
    weather.losesAnswers = 0;
    weather.laterMs = [];
    this.#world.losesTemporalAnswers = 0;
    for (const { device } of Object.values(sites)) device.faults.clear();
  }

  #plan({ when, effect }: Fault): void {
    const { time, points } = this.#world;
    if (when.kind === 'time')
      time.clock.after(when.at, () => this.#do({ when, effect }, { process: undefined }));
    else points.at(when.point, when.nth, (passing) => this.#do({ when, effect }, passing));
  }

  #do(fault: Fault, passing: Passing): void {
    if (this.#isOver) return;
    this.#world.happens(describeFault(fault));
    this.#carryOut(fault.effect, passing);
  }

  /** Makes the repair after `ms`, or at the end if that comes first. */
  #for(ms: number, repair: () => void): void {
    let isDone = false;
    const once = (): void => {
      if (isDone) return;
      isDone = true;
      repair();
    };
    this.#world.time.clock.after(ms, once);
    this.#repairs.push(once);
  }

  #carryOut(effect: Effect, passing: Passing): void {
    const world = this.#world;
    switch (effect.kind) {
      case 'kill':
        return this.#kill(this.#whose(effect.worker, passing), effect.ms, effect.noticed);
      case 'kill all':
        for (const name of WORKERS) this.#kill(name, effect.ms, effect.noticed);
        return;
      case 'freeze': {
        const { process } = world.worker(this.#whose(effect.worker, passing));
        process.freeze();
        return this.#for(effect.ms, () => {
          process.thaw();
          world.temporal.polled();
        });
      }
      case 'cut':
        for (const one of this.#connections(effect, passing))
          one.cut(effect.noticed ? 'noticed' : 'unnoticed');
        return;
      case 'stall':
        for (const one of this.#connections(effect, passing)) one.freeze(effect.ms);
        return;
      case 'half':
        for (const one of this.#connections(effect, passing)) one.halve();
        return;
      case 'away': {
        const site = world.sites[effect.router];
        site.isReachable = false;
        for (const one of world.connections({ router: effect.router })) one.cut('unnoticed');
        return this.#for(effect.ms, () => (site.isReachable = true));
      }
      case 'slow': {
        const site = world.sites[effect.router];
        const before = site.delayMs;
        site.delayMs = [0, effect.delayMs];
        return this.#for(effect.ms, () => (site.delayMs = before));
      }
      case 'restart': {
        const site = world.sites[effect.router];
        site.isReachable = false;
        site.device.restart();
        return this.#for(effect.ms, () => (site.isReachable = true));
      }
      case 'router does': {
        const { record, device } = world.sites[effect.router];
        const { rule } = effect;
        const isOurs =
          rule.rpc === 'rollback' ? {} : { when: ({ user }: { user: string }) => user === record.username };
        device.faults.add({ ...rule, ...isOurs });
        return;
      }
      case 'etcd away':
        world.weather.isAway = true;
        return this.#for(effect.ms, () => (world.weather.isAway = false));
      case 'etcd full':
        world.weather.isFull = true;
        return this.#for(effect.ms, () => (world.weather.isFull = false));
      case 'etcd stall': {
        const links = world.etcdLinks(world.worker(this.#whose(effect.worker, passing)).process);
        for (const link of links) link.freeze();
        return this.#for(effect.ms, () => links.forEach((link) => link.thaw()));
      }
      case 'etcd compacts':
        world.weather.compactedAt = world.etcd.revision;
        return;
      case 'answer lost':
        world.weather.losesAnswers += effect.count;
        return;
      case 'write late':
        world.weather.laterMs.push(effect.ms);
        return;
      case 'temporal away':
        world.temporal.goAway();
        return this.#for(effect.ms, () => world.temporal.comeBack());
      case 'temporal answer lost':
        world.losesTemporalAnswers += effect.count;
        return;
      case 'saga': {
        const id = world.gateways[effect.gateway]?.workflowId ?? '';
        if (effect.does === 'cancel') return world.temporal.cancel(id);
        world.temporal.terminate(id);
        if (effect.does === 'terminate and start') world.create(effect.gateway);
        return;
      }
      case 'people':
        return this.#people.act({ at: 0, kind: effect.does, gateway: effect.gateway });
      case 'reset': {
        const gateway = world.gateways[effect.gateway];
        const id = effect.whose === 'pair' ? gateway?.pairId : gateway?.workflowId;
        return world.temporal.reset(id ?? '', effect.share);
      }
      case 'pair terminated': {
        const [one, other] = effect.pair.map((name) => world.sites[name].record.id);
        return world.temporal.terminate(pairIdOf([one ?? '', other ?? '']));
      }
    }
  }

  #kill(name: WorkerName, ms: number, noticed: boolean): void {
    const world = this.#world;
    const { process } = world.worker(name);
    if (process.state === 'dead') return;
    if (!noticed) for (const one of world.connections({ process })) one.cut('unnoticed');
    process.kill();
    this.#for(ms, () => world.startWorker(name));
  }

  #connections(
    { worker, router }: { readonly worker: Whose; readonly router: 'A' | 'B' | 'C' },
    passing: Passing,
  ) {
    const { process } = this.#world.worker(this.#whose(worker, passing));
    return this.#world.connections({ process, router });
  }

  #whose(worker: Whose, { process }: Passing): WorkerName {
    if (worker !== 'whoever') return worker;
    return this.#world.workerOf(process) ?? WORKERS[0];
  }
}
