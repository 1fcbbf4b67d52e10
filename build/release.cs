// Checks, packs and verifies a release, and lists what to publish. It publishes nothing by itself.
//
//   dotnet run build/release.cs                      all of it; the packages are in packages/VERSION
//   dotnet run build/release.cs -- check             only what takes no time: tree, version, changelog, tag
//   dotnet run build/release.cs -- verify FOLDER     only the packages in a folder
//
// docs/releasing.md says what comes before and after.

using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;

// What a package may weigh, in bytes. A tool package for one system has the native libraries of that system.
const long Library = 1_000_000, Tool = 20_000_000;
const string Source = "https://api.nuget.org/v3/index.json";

var faults = new List<string>();
try
{
    if (!File.Exists("SimpleFlow.slnx")) faults.Add("There is no SimpleFlow.slnx here: run it in the root of the repository.");
    else if (args is []) ReleaseAll();
    else if (args is ["check"]) Check();
    else if (args is ["verify", var folder]) Verify(folder, Version());
    else faults.Add("It takes nothing, `check`, or `verify FOLDER`.");
}
catch (IOException error)
{
    faults.Add(error.Message);
}
foreach (var fault in faults) Console.Error.WriteLine($"release: {fault}");
return faults.Count == 0 ? 0 : 1;

void ReleaseAll()
{
    Check();
    if (faults.Count > 0) return;
    Say("testing; the surface is compared with that of the last version too");
    if (!Run("dotnet", "test", "--solution", "SimpleFlow.slnx", "-c", "Release"))
    {
        faults.Add("A test fails: see above.");
        return;
    }
    var (version, folder) = (Version(), Path.Combine("packages", Version()));
    if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    // Whoever packs this commit again gets the same bytes.
    Environment.SetEnvironmentVariable("SOURCE_DATE_EPOCH", Git("log", "-1", "--format=%ct"));
    Say($"packing into {folder}");
    if (!Run("dotnet", "pack", "SimpleFlow.slnx", "-c", "Release", "-o", folder)) faults.Add("Packing fails: see above.");
    else Verify(folder, version);
}

void Check()
{
    var version = Version();
    Say($"version {version}");
    if (!Regex.IsMatch(version, @"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$"))
        faults.Add($"The version {version} in Rules.props is not MAJOR.MINOR.PATCH.");
    if (Git("status", "--porcelain") is { Length: > 0 } changes)
        faults.Add($"The tree is not clean: commit or remove what `git status` lists, first {changes.Split('\n')[0].Trim()}.");
    if (Git("tag", "--list", $"v{version}").Length > 0)
        faults.Add($"There is a tag v{version}: that version is released. Raise the version in Rules.props.");
    var heading = File.ReadLines("CHANGELOG.md").FirstOrDefault(line => line.StartsWith($"## [{version}]", StringComparison.Ordinal));
    if (heading is null) faults.Add($"CHANGELOG.md has no entry that begins with `## [{version}]`.");
    else if (!Regex.IsMatch(heading, @" – \d{4}-\d\d-\d\d$"))
        faults.Add($"CHANGELOG.md says `{heading}`: give it the date of the release, `## [{version}] – YEAR-MONTH-DAY`.");
}

void Verify(string folder, string version)
{
    if (!Directory.Exists(folder))
    {
        faults.Add($"There is no folder {folder}.");
        return;
    }
    var packages = Directory.GetFiles(folder, "*.nupkg").Order(StringComparer.Ordinal).ToList();
    foreach (var expected in Packable().Where(name => !packages.Any(file => Path.GetFileName(file) == $"{name}.{version}.nupkg")))
        faults.Add($"{folder} lacks {expected}.{version}.nupkg.");
    foreach (var file in packages) VerifyPackage(file, version);
    if (faults.Count > 0) return;

    // What others depend on comes first: the tool's package names those of the systems.
    var order = packages.OrderBy(file => Path.GetFileName(file) == $"SimpleFlow.Tool.{version}.nupkg")
        .ThenBy(file => Path.GetFileName(file) != $"SimpleFlow.{version}.nupkg").ToList();
    Say("all is well. To publish, with the key of the registry in NUGET_KEY (symbols, *.snupkg, go along):");
    foreach (var file in order) Console.WriteLine($"dotnet nuget push \"{file}\" --source {Source} --api-key \"$NUGET_KEY\"");
    Say("then:");
    Console.WriteLine($"git tag v{version} {Git("rev-parse", "HEAD")}");
    Console.WriteLine("cp tests/SimpleFlow.Tests/Surface/Snapshots/*.txt tests/SimpleFlow.Tests/Surface/Released/");
    Console.WriteLine($"echo {version} > tests/SimpleFlow.Tests/Surface/Released/VERSION");
}

void VerifyPackage(string file, string version)
{
    var (name, size) = (Path.GetFileName(file), new FileInfo(file).Length);
    using var package = ZipFile.OpenRead(file);
    using var text = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
    var metadata = XDocument.Load(text).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    string? Of(string element) => metadata.Elements().FirstOrDefault(one => one.Name.LocalName == element)?.Value;
    var (id, isTool) = (Of("id") ?? "", name.Contains(".Tool.", StringComparison.Ordinal));

    void Require(bool isRight, string fault)
    {
        if (!isRight) faults.Add($"{name} {fault}.");
    }
    bool Has(string entry) => package.GetEntry(entry) is not null;

    Require(Of("version") == version, $"has the version {Of("version")} and should have {version}");
    Require(size <= (isTool ? Tool : Library), $"has {size:N0} bytes and should have at most {(isTool ? Tool : Library):N0}");
    foreach (var element in (string[])["description", "authors", "license", "tags", "releaseNotes"])
        Require(!string.IsNullOrWhiteSpace(Of(element)), $"has no {element}");
    foreach (var element in (string[])["readme", "icon"])
        Require(Of(element) is { } entry && Has(entry), $"has no {element}");
    var repository = metadata.Elements().FirstOrDefault(one => one.Name.LocalName == "repository");
    Require((string?)repository?.Attribute("commit") == Git("rev-parse", "HEAD"), "is not made from the commit that is checked out");
    if (package.Entries.Any(entry => entry.FullName.StartsWith("lib/", StringComparison.Ordinal)))
    {
        Require(Has($"lib/net10.0/{id}.dll") && Has($"lib/net10.0/{id}.xml"), "lacks its library or the documentation of it");
        Require(File.Exists(Path.ChangeExtension(file, ".snupkg")), "has no symbols beside it");
    }
    Console.WriteLine($"{name,-48} {size / 1e6,6:F2} MB");
}

// The projects below src that are packed, by the names of their packages.
IEnumerable<string> Packable() =>
    from file in Directory.EnumerateFiles("src", "*.csproj", SearchOption.AllDirectories)
    where !Path.GetRelativePath("src", file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "content")
    let project = XDocument.Load(file)
    where project.Descendants("IsPackable").FirstOrDefault()?.Value != "false"
    select project.Descendants("PackageId").FirstOrDefault()?.Value ?? Path.GetFileNameWithoutExtension(file);

string Version() => XDocument.Load("Rules.props").Descendants("Version").Single().Value;

void Say(string what) => Console.WriteLine($"── {what}");

bool Run(string program, params string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
    process.WaitForExit();
    return process.ExitCode == 0;
}

string Git(params string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true })!;
    var said = process.StandardOutput.ReadToEnd().Trim();
    process.WaitForExit();
    return process.ExitCode == 0 ? said : throw new IOException($"`git {string.Join(' ', arguments)}` fails: see above.");
}
