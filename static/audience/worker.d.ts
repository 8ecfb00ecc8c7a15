// What a service worker has and a page has not, for the type checker only; no browser loads this file.

interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent extends WorkerEvent {
  request: Request;
  respondWith(response: Promise<Response>): void;
}

interface PageEvent extends WorkerEvent {
  data: unknown[];
}

export interface WorkerScope {
  location: Location;
  skipWaiting(): Promise<void>;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  addEventListener(type: "message", listener: (event: PageEvent) => void): void;
  addEventListener(type: "install", listener: (event: WorkerEvent) => void): void;
}
