/** Names of the job records: `create:heat_worker:vpn_gateway:<id>:1:6zudv`. */
import type { JobAction } from './kind.ts';
import type { GatewayVersion } from './resource.ts';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

export interface JobName extends GatewayVersion {
  readonly action: JobAction;
  readonly handler: string;
  /** Five characters of `[0-9a-z]`: `jobSuffix()`. */
  readonly suffix: string;
}

export function jobId(job: JobName): string {
  if (!/^[0-9a-z]{5}$/.test(job.suffix)) {
    throw new TypeError(`Expected a suffix of 5 characters of [0-9a-z], got "${job.suffix}"`);
  }
  const { action, handler, resourceType, resourceId, version, suffix } = job;
  return [action, handler, resourceType, resourceId, version, suffix].join(':');
}

/** @param random like `Math.random`: at least 0, less than 1 */
export function jobSuffix(random: () => number): string {
  return Array.from({ length: 5 }, () => ALPHABET.charAt(Math.floor(random() * 36))).join('');
}
