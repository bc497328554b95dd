using System.Globalization;
using Rollcall.Backend;

// An instance of a service for tests and measurements: it registers itself and misbehaves when told to.
//   Rollcall.Backend --service orders --id orders-1 [--delay 5] [--urls http://127.0.0.1:0] [--register false]
// GET / or /near                         its id, after the delay in ms
// GET /stream?items=20&every=100         so many server-sent events, one every so many ms
// GET /ws                                a WebSocket that says its id, and then everything again
// PUT /control?answer=error              from now on: ok, error (500), slow (with delay=250) or hang (accept, never answer)
// GET /id                                its id, whatever it was told to answer
// GET /control                           requests to / so far, and how many of them were not answered as they should be

var builder = WebApplication.CreateSlimBuilder(args);
if (builder.Configuration["urls"] is null)
    builder.WebHost.UseUrls("http://127.0.0.1:0");
var id = builder.Configuration["id"] ?? "backend";
if (builder.Configuration.GetValue("register", defaultValue: true))
    builder.Services.AddRollcallRegistration(builder.Configuration["service"] ?? "orders", options => options.Id = id);

var app = builder.Build();
var behaviour = new Behaviour(id, TimeSpan.FromMilliseconds(builder.Configuration.GetValue("delay", defaultValue: 0)));
app.UseWebSockets();
app.MapGet("/", behaviour.AnswerAsync);
app.MapGet("/near", behaviour.AnswerAsync);
app.MapGet("/stream", (HttpContext context, int items, int every) => Streams.EventsAsync(context, id, items, TimeSpan.FromMilliseconds(every)));
app.MapGet("/ws", (HttpContext context) => Streams.EchoAsync(context, id));
app.MapGet("/id", () => id);
app.MapPut("/control", (string answer, int? delay) => behaviour.Change(Enum.Parse<Answer>(answer, ignoreCase: true), TimeSpan.FromMilliseconds(delay ?? 0)));
app.MapGet("/control", () => string.Create(CultureInfo.InvariantCulture, $"{behaviour.Requests} {behaviour.Spoilt}"));
app.Run();
