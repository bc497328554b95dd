using Orders;
using Rollcall.Registration;

// An ordinary minimal API. One line makes it an instance of "orders".

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.ConfigureHttpJsonOptions(static options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, OrdersJson.Default));
if (builder.Configuration["urls"] is null)
    builder.WebHost.UseUrls("http://127.0.0.1:0");

// Registered by the addresses it really listens on once it runs, checked by the node, and drained before the server stops.
builder.Services.AddRollcallRegistration("orders", static options => options.Check = "/health");

var app = builder.Build();
app.MapGet("/health", static () => TypedResults.Ok());
app.MapGet("/", static (ServiceRegistration registration) => Who(registration));
app.MapGet("/orders/{id:int}", static (int id, ServiceRegistration registration) => Who(registration) with { Order = id });
app.Run();

static Answer Who(ServiceRegistration registration) => new(registration.Current is [{ Id: var id }, ..] ? id : null, Environment.ProcessId);
