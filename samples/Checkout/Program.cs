await Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder(args).Build().RunAsync();
