using SimpleFlow.Site;

// dotnet run -c Release --project site [FOLDER]
var clock = System.Diagnostics.Stopwatch.StartNew();
var repository = Repository.Find(Environment.CurrentDirectory) ?? Repository.Find(AppContext.BaseDirectory);
if (repository is null)
{
    Console.Error.WriteLine("SimpleFlow.slnx is in no folder above this one: run this inside the repository.");
    return 1;
}
var folder = Path.GetFullPath(args is [var given] ? given : repository.Full("site/out"));
try
{
    var pages = new Build(repository).Into(folder);
    Console.WriteLine($"{pages} pages in {clock.Elapsed.TotalSeconds:F0} s. Open {Path.Combine(folder, "index.html")}");
    return 0;
}
catch (SiteException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
