/** An etcd client that tells the simulation which function makes a write. etcd itself does not learn that. */
import { EtcdClient } from '../../etcd/client.ts';
import type { Transaction, Written } from '../../etcd/client.ts';

let current: string | undefined;

/** The name of the write whose call is being made right now. */
export function operationNow(): string | undefined {
  return current;
}

export class NamedEtcdClient extends EtcdClient {
  override write(operation: string, transaction: Transaction): Promise<Written> {
    current = operation;
    try {
      return super.write(operation, transaction);
    } finally {
      current = undefined;
    }
  }
}
