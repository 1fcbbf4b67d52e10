namespace SimpleFlow.Cli.Recipes;

/// <summary>
/// Where --save keeps a network: a file that ends in .safetensors, written at the end; or a folder, with the network in it and checkpoints from which --resume goes on.
/// </summary>
internal sealed class SavePlace
{
    private const string Ending = ".safetensors", NetworkFile = "network" + Ending;
    private static readonly TimeSpan BetweenCheckpoints = TimeSpan.FromSeconds(10);
    private readonly string _path;
    private readonly bool _isFile;

    /// <exception cref="UsageException">A file cannot be resumed, and a folder with a training in it is not written over.</exception>
    /// <exception cref="IOException">Nothing can be written there.</exception>
    public SavePlace(string path, bool resume)
    {
        (_path, _isFile, IsResumed) = (path, path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase), resume);
        if (_isFile && resume) throw new UsageException($"--resume goes on with a folder of --save; {path} is a single file.");
        if (!_isFile && !resume && File.Exists(Target)) throw new UsageException($"{path} holds a training already. --resume goes on with it; or choose another folder.");
        WritableFile.Check(Target, "network");
    }

    public bool IsResumed { get; }

    /// <summary>The folder of the checkpoints; null where there are none.</summary>
    public string? Folder => _isFile ? null : _path;

    public Callback[] Callbacks => _isFile ? [] : [new Checkpoint(_path, every: BetweenCheckpoints)];

    private string Target => _isFile ? _path : Path.Combine(_path, NetworkFile);

    /// <summary>The file of a saved network, which may be named by its folder.</summary>
    public static string FileOf(string path) => Directory.Exists(path) ? Path.Combine(path, NetworkFile) : path;

    /// <summary>Writes the network down before it is trained, or makes sure that it is the one that was.</summary>
    /// <exception cref="DataException">It was another one.</exception>
    public void Begin(Network network)
    {
        if (_isFile) return;
        if (IsResumed && File.Exists(Target))
        {
            if (Network.Load(Target).Description != network.Description)
                throw new DataException($"The training in {_path} is of another network or other data: resume it with the same options and files.");
            return;
        }
        network.Save(Target);
    }

    public void End(Network network) => network.Save(Target);

    public override string ToString() => _path;
}
