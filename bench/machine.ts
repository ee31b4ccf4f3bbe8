/** Describes the machine and the versions of the programs, without host names, user names or paths. */
import { execFile } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { programOf } from '../local/programs.ts';

export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
  readonly platform: string;
  readonly node: string;
  readonly etcd: string;
  readonly temporal: string;
  /** Load average of the last minute: how many programs wanted a core, on average. */
  readonly load: number;
}

export async function describeMachine(): Promise<Machine> {
  const processors = cpus();
  return {
    cores: processors.length,
    processor: processors[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1e9),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    etcd: await versionOf('etcd'),
    temporal: await versionOf('temporal'),
    load: loadavg()[0] ?? 0,
  };
}

export function machineText(machine: Machine): string {
  const { cores, processor, memoryGb, platform, node, etcd, temporal, load } = machine;
  return [
    `${cores} cores (${processor}), ${memoryGb} GB, ${platform}; load before: ${load.toFixed(1)}`,
    `Node ${node}; ${etcd}; ${temporal}`,
    'Everything runs on this one machine: client, worker, etcd, Temporal, routers, each a process of its own.',
  ].join('\n');
}

async function versionOf(server: 'etcd' | 'temporal'): Promise<string> {
  const { stdout } = await promisify(execFile)(await programOf(server), ['--version']);
  return stdout.split('\n')[0] ?? '';
}
