/** Operations of RFC 6241 by which the tests speak with `netconfd`; for routers the product has Junos's own ones. */
import {
  assertNoErrors,
  doing,
  unexpectedReply,
  type Done,
  type Operation,
} from '../../netconf/operation.ts';
import { child, xml, type XmlElement } from '../../netconf/xml.ts';

type Datastore = 'candidate' | 'running';

/** RFC 6241 §7.2. `config`: top-level elements of the data model, each with its `xmlns`. */
export function editConfig(options: {
  readonly target: Datastore;
  readonly config: readonly XmlElement[];
  readonly defaultOperation?: 'merge' | 'replace' | 'none';
}): Operation<Done> {
  const { target, config, defaultOperation } = options;
  const operation = defaultOperation === undefined ? [] : [xml('default-operation', defaultOperation)];
  return doing(
    'edit-config',
    xml('edit-config', [datastore('target', target), ...operation, xml('config', config)]),
  );
}

/** RFC 6241 §7.1 with a subtree filter. The `<data>` element. */
export function getConfig(source: Datastore, filter: readonly XmlElement[]): Operation<XmlElement> {
  const name = 'get-config';
  return {
    name,
    request: xml(name, [datastore('source', source), xml('filter', filter, { type: 'subtree' })]),
    read(reply) {
      assertNoErrors(name, reply);
      const data = child(reply.body, 'data');
      if (data === undefined) throw unexpectedReply(name, reply, '<data>');
      return data;
    },
  };
}

/** RFC 6241 §8.6.4.1. */
export function validate(source: Datastore): Operation<Done> {
  return doing('validate', xml('validate', [datastore('source', source)]));
}

/** RFC 6241 §8.3.4.1 and §8.4: a confirmed one without `persist` is reverted as soon as its session closes. */
export function commitStandard(
  options: {
    readonly confirmed?: { readonly seconds: number; readonly persist?: string };
    readonly persistId?: string;
  } = {},
): Operation<Done> {
  const { confirmed, persistId } = options;
  const content = [
    ...(confirmed === undefined ? [] : [xml('confirmed'), xml('confirm-timeout', String(confirmed.seconds))]),
    ...(confirmed?.persist === undefined ? [] : [xml('persist', confirmed.persist)]),
    ...(persistId === undefined ? [] : [xml('persist-id', persistId)]),
  ];
  return doing('commit', xml('commit', content));
}

/** RFC 6241 §8.4.4.1. */
export function cancelCommit(persistId?: string): Operation<Done> {
  return doing(
    'cancel-commit',
    xml('cancel-commit', persistId === undefined ? [] : [xml('persist-id', persistId)]),
  );
}

function datastore(role: 'source' | 'target', name: Datastore): XmlElement {
  return xml(role, [xml(name)]);
}
