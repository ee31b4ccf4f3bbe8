/** What a device answers, and what is to become of the connection with it. */

/** `body` is the XML inside `<rpc-reply>`. */
export type Reply =
  | {
      readonly kind: 'reply';
      readonly body: string;
      /** The session ends once this is sent (close-session). */ readonly last: boolean;
    }
  /** Nothing is sent; the connection is cut. */
  | { readonly kind: 'drop' }
  /** Nothing is sent, ever; the connection stays. */
  | { readonly kind: 'never' }
  /** The first part of the reply is sent, then the connection is cut. */
  | { readonly kind: 'truncate'; readonly body: string }
  /** The reply is sent, then the writing side is ended; what comes is still read. */
  | { readonly kind: 'half-close'; readonly body: string };
