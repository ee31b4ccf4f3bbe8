import type { NativeConnection } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../gateway/messages.ts';

/** How long an answer is good for, in milliseconds: somebody may register them while the worker runs. */
const GOOD_FOR_MS = 60_000;

/** Temporal's number for each type of search attribute (`temporal.api.enums.v1.IndexedValueType`). */
const TYPE_NUMBERS: Readonly<Record<string, number>> = { KEYWORD: 2, INT: 3 };

/**
 * Which of our search attributes the namespace has with our type. A server that can't say has none: they are a
 * convenience, and upserting one that is missing would stop the workflow.
 */
export function searchAttributesOf(
  connection: NativeConnection,
  namespace: string,
): () => Promise<readonly string[]> {
  let known: readonly string[] = [];
  let asked = 0;
  return async () => {
    if (Date.now() - asked < GOOD_FOR_MS && known.length > 0) return known;
    try {
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      known = Object.values(SEARCH_ATTRIBUTES)
        .filter(({ name, type }) => customAttributes?.[name] === TYPE_NUMBERS[type])
        .map(({ name }) => name);
      asked = Date.now();
    } catch {
      known = [];
    }
    return known;
  };
}
