/** `<get-software-information>`, `show version`. Described in Juniper's "Junos XML API Operational Developer Reference". */
import { assertNoErrors, unexpectedReply, type Operation } from './operation.ts';
import { descendants, firstOf, xml } from './xml.ts';

export interface SoftwareInformation {
  readonly hostName?: string;
  readonly model?: string;
  /** `22.2R1.9` */
  readonly version?: string;
}

/** A field is absent if the router did not tell it. Old releases name the version only in the comments of their packages: `JUNOS Base OS boot [16.1R1.7]`. */
export function softwareInformation(): Operation<SoftwareInformation> {
  const name = 'get-software-information';
  return {
    name,
    request: xml(name),
    read(reply) {
      assertNoErrors(name, reply);
      const information = firstOf(reply.body, 'software-information');
      if (information === undefined) throw unexpectedReply(name, reply, '<software-information>');
      const told = (element: string) => firstOf(information, element)?.text;
      const packages = descendants(information, 'comment').map(({ text }) => /\[(\S+)\]/.exec(text)?.[1]);
      const facts = {
        hostName: told('host-name'),
        model: told('product-model') ?? told('product-name'),
        version: told('junos-version') ?? packages.find((version) => version !== undefined),
      };
      return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
    },
  };
}
