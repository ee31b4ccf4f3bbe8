/** Makes things go wrong as scheduled, and puts all of it right again at once. */
import { pairIdOf } from '../../pair/messages.ts';
import { WORKERS } from './faults.ts';
import { describeFault } from './faults.ts';
import type { Deed, Fault, Whose, WorkerName } from './faults.ts';
import type { Passing } from './points.ts';
import type { Stage } from './stage.ts';

export class Injection {
  readonly #world: Stage;
  /** What is to be put right at the end. */
  #repairs: (() => void)[] = [];
  #isOver = false;

  constructor(world: Stage) {
    this.#world = world;
    for (const fault of world.schedule.faults) this.#plan(fault);
  }

  /** No more of it, and everything works from now on. */
  end(): void {
    this.#isOver = true;
    const { points, sky, sites } = this.#world;
    points.clear();
    for (const repair of this.#repairs.splice(0)) repair();
    sky.losesAnswers = 0;
    sky.laterMs = [];
    this.#world.losesTemporalAnswers = 0;
    for (const { device } of Object.values(sites)) device.faults.clear();
  }

  #plan({ when, deed }: Fault): void {
    const { time, points } = this.#world;
    if (when.kind === 'time')
      time.clock.after(when.at, () => this.#do({ when, deed }, { process: undefined }));
    else points.at(when.point, when.nth, (passing) => this.#do({ when, deed }, passing));
  }

  #do(fault: Fault, passing: Passing): void {
    if (this.#isOver) return;
    this.#world.happens(describeFault(fault));
    this.#carryOut(fault.deed, passing);
  }

  /** Repaired after so long, or at the end. */
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

  #carryOut(deed: Deed, passing: Passing): void {
    const world = this.#world;
    switch (deed.kind) {
      case 'kill':
        return this.#kill(this.#whose(deed.worker, passing), deed.ms, deed.noticed);
      case 'kill all':
        for (const name of WORKERS) this.#kill(name, deed.ms, deed.noticed);
        return;
      case 'freeze': {
        const { process } = world.worker(this.#whose(deed.worker, passing));
        process.freeze();
        return this.#for(deed.ms, () => {
          process.thaw();
          world.temporal.polled();
        });
      }
      case 'cut':
        for (const one of this.#connections(deed, passing)) one.cut(deed.noticed ? 'noticed' : 'unnoticed');
        return;
      case 'stall':
        for (const one of this.#connections(deed, passing)) one.freeze(deed.ms);
        return;
      case 'half':
        for (const one of this.#connections(deed, passing)) one.halve();
        return;
      case 'away': {
        const site = world.sites[deed.router];
        site.isReachable = false;
        for (const one of world.connections({ router: deed.router })) one.cut('unnoticed');
        return this.#for(deed.ms, () => (site.isReachable = true));
      }
      case 'slow': {
        const site = world.sites[deed.router];
        const before = site.delayMs;
        site.delayMs = [0, deed.delayMs];
        return this.#for(deed.ms, () => (site.delayMs = before));
      }
      case 'restart': {
        const site = world.sites[deed.router];
        site.isReachable = false;
        site.device.restart();
        return this.#for(deed.ms, () => (site.isReachable = true));
      }
      case 'router does': {
        const { record, device } = world.sites[deed.router];
        const { rule } = deed;
        const isOurs =
          rule.rpc === 'rollback' ? {} : { when: ({ user }: { user: string }) => user === record.username };
        device.faults.add({ ...rule, ...isOurs });
        return;
      }
      case 'etcd away':
        world.sky.isAway = true;
        return this.#for(deed.ms, () => (world.sky.isAway = false));
      case 'etcd full':
        world.sky.isFull = true;
        return this.#for(deed.ms, () => (world.sky.isFull = false));
      case 'etcd stall': {
        const links = world.etcdLinks(world.worker(this.#whose(deed.worker, passing)).process);
        for (const link of links) link.freeze();
        return this.#for(deed.ms, () => links.forEach((link) => link.thaw()));
      }
      case 'etcd compacts':
        world.sky.compactedAt = world.etcd.revision;
        return;
      case 'answer lost':
        world.sky.losesAnswers += deed.count;
        return;
      case 'write late':
        world.sky.laterMs.push(deed.ms);
        return;
      case 'temporal away':
        world.temporal.goAway();
        return this.#for(deed.ms, () => world.temporal.comeBack());
      case 'temporal answer lost':
        world.losesTemporalAnswers += deed.count;
        return;
      case 'saga': {
        const id = world.gateways[deed.gateway]?.workflowId ?? '';
        if (deed.does === 'cancel') return world.temporal.cancel(id);
        world.temporal.terminate(id);
        if (deed.does === 'terminate and start') world.create(deed.gateway);
        return;
      }
      case 'reset': {
        const asked = world.gateways[deed.gateway];
        const id = deed.whose === 'pair' ? asked?.pairId : asked?.workflowId;
        return world.temporal.reset(id ?? '', deed.share);
      }
      case 'pair terminated': {
        const [one, other] = deed.pair.map((name) => world.sites[name].record.id);
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
