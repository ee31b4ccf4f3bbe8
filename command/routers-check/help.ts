/** The part of the help of `routers` that is about `check`. In a file of its own, because the other actions need no router library. */
export const CHECK_HELP = `check    Asks a router what gateways need of it, and says for each point what to do: ok, warning or
         failed. Changes nothing and takes no lock.

  --for TYPE ID       also checks the names that this gateway's configuration refers to
  --trial             afterwards commits a statement that does nothing (apply-macro) on trial, watches,
                      confirms and removes it, under the lock and a maintenance hold; asks before
  --yes               does not ask before the trial
  --transcript FILE   writes all requests and replies to a file, secrets masked; a trial always writes one
                      (routers-check-ID.xml)
  --known-hosts FILE, --connect-to A:B, --private-key FILE, --agent, --policy FILE, --templates DIR
                      as for the worker, or by the worker's environment variables`;
