using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using Microsoft.Extensions.DependencyInjection;
using SimpleFlow.Playground.Components;
using SimpleFlow.Playground.Language;

var builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<App>("#app");
builder.Services.AddSingleton<Words>();
builder.Services.AddSingleton<Browser>();
var host = builder.Build();
await host.Services.GetRequiredService<Browser>().Load();
await host.RunAsync();
