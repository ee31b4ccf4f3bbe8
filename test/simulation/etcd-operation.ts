/** An etcd client whose writes are known by the function that makes them: etcd itself is not told. */
import { EtcdClient } from '../../etcd/client.ts';
import type { Transaction, Written } from '../../etcd/client.ts';

let current: string | undefined;

/** What is being written, while the call is made. */
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
