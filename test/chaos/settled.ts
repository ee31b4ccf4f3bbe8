/** Whether a gateway stands and no change of it is under way. Then its stanzas are on the routers, and operators may put statements of their own into them. */

/** The gateway's records, as etcd has them. */
export interface Told {
  readonly state: string | undefined;
  readonly plan: string | undefined;
}

/** `newest`: the version that its configuration has. */
export function isSettled(told: Told, newest: number): boolean {
  const { state, version } = read(told.state);
  const { gateway } = read(told.plan);
  return state?.worker_state === 'CREATE_COMPLETED' && version === newest && version === gateway?.version;
}

export function versionIn(record: string | undefined): number | undefined {
  return read(record).version;
}

interface Fields {
  readonly state?: { readonly worker_state: string };
  readonly gateway?: { readonly version: number };
  readonly version?: number;
}

function read(record = '{}'): Fields {
  return JSON.parse(record) as Fields;
}
