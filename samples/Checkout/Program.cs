using Checkout;

// A worker that calls http://orders/… through HttpClient. Two lines make the name work; the rest is traffic and its bookkeeping.

var builder = Host.CreateApplicationBuilder(args);

builder.Services.AddRollcall(static options => options.DefaultScheme = "rollcall");
builder.Services.AddHttpClient<OrdersClient>(static client => client.BaseAddress = new Uri("http://orders"))
    .UseRollcall()
    .AddHttpMessageHandler<TryObserver>();

builder.Services.AddTransient<TryObserver>();
builder.Services.AddSingleton<Tally>();
builder.Services.AddHostedService<Report>();
builder.Services.AddHostedService<Traffic>();
builder.Services.AddOptions<TrafficOptions>().BindConfiguration("Traffic");

// Standard output is the report's.
builder.Logging.AddConsole(static options => options.LogToStandardErrorThreshold = LogLevel.Trace);

builder.Build().Run();
