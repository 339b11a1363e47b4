/**
 * What a service worker hears, said as far as ours use it: the types of the
 * browser and of its workers cannot be loaded side by side.
 */
export interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
export interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
export interface Told<Message> extends Lasting {
  readonly data: Message;
  readonly ports: readonly MessagePort[];
}
export interface Syncing extends Lasting {
  readonly tag: string;
}
export interface ServiceWorker<Message> {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  readonly registration: { unregister(): Promise<boolean>; readonly sync?: { register(tag: string): Promise<void> } };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', heard: (event: Lasting) => void): void;
  addEventListener(type: 'fetch', heard: (event: Fetching) => void): void;
  addEventListener(type: 'sync', heard: (event: Syncing) => void): void;
  addEventListener(type: 'message', heard: (event: Told<Message>) => void): void;
}
