export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | {
      readonly kind: 'unknown' | 'changed' | 'revoked';
      readonly keyType: string;
      readonly fingerprint: string;
      readonly hint: string;
    };
