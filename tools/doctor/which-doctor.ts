/** When to use which of the two doctors: in both helps, and in the docs. */
export const WHICH_DOCTOR =
  'Use "npm run doctor" before there is a stack: it needs no AWS and takes the keys from the environment; afterwards use "npm run ops -- doctor", which checks the deployed forwarder with its own keys and settings.';
