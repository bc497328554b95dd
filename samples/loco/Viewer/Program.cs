using Loco.Viewer;

// Shows the pictures of emulators to browsers: a WebSocket at /vnc/{id} leads to the emulator of that id, whatever tells where it is.
//   Loco.Viewer --Rollcall:Services:emulators=rollcall:///loco-loco-emulator     or k8s:///loco/loco-loco-emulator, dns:///…, file:///…

await using var app = ViewerHost.Build(args);
await app.RunAsync();
