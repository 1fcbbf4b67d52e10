using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli.Recipes;

/// <summary>
/// Where --save keeps a network: a file that ends in .safetensors, written at the end;
/// or a folder, with the network in it and checkpoints from which --resume goes on.
/// </summary>
internal sealed class SavePlace : IDisposable
{
    private const string Ending = ".safetensors";
    private static readonly TimeSpan BetweenCheckpoints = TimeSpan.FromSeconds(10);
    private readonly string _path, _command;
    private readonly bool _isFile, _overwrite;
    private readonly IDisposable? _claim;

    /// <param name="path">What --save names.</param>
    /// <param name="resume">Whether to go on with what is there.</param>
    /// <param name="overwrite">Whether to replace what is there.</param>
    /// <param name="command">What a person types to go on.</param>
    /// <exception cref="UsageException">A file cannot be resumed, and a folder with a training in it is not written over.</exception>
    /// <exception cref="IOException">Nothing can be written there.</exception>
    /// <exception cref="SaveException">Another process saves there.</exception>
    public SavePlace(string path, bool resume, bool overwrite, string command)
    {
        _overwrite = overwrite;
        if (overwrite && resume) throw new UsageException("--overwrite begins anew, and --resume goes on: choose one of them.");
        (_path, _command, _isFile, IsResumed) = (path, command, path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase), resume);
        if (_isFile && resume) throw new UsageException($"--resume goes on with a folder of --save; {path} is a single file.");
        if (_isFile)
        {
            WritableFile.Check(Target, "network");
            return;
        }
        if (File.Exists(_path)) throw new UsageException($"{path} is a file: --save names a folder, or a file that ends in {Ending}.");
        // Before anything is read, so that nobody trains for an hour to hear that another process saves there.
        Checkpoint = new Checkpoint(_path, every: BetweenCheckpoints);
        _claim = Checkpoint.Claim();
        if (!resume && !overwrite && File.Exists(Target))
        {
            _claim.Dispose();
            throw new UsageException(
                $"{path} already contains a training run. --resume continues it, --overwrite replaces it; or choose another folder.");
        }
    }

    public bool IsResumed { get; }

    /// <summary>The folder of the checkpoints to go on from; null where there are none.</summary>
    public string? ResumedFolder => IsResumed ? _path : null;

    /// <summary>What saves the training meanwhile; null where the network alone is kept.</summary>
    public Checkpoint? Checkpoint { get; }

    private string Target => _isFile ? _path : Path.Combine(_path, Network.FileName);

    /// <summary>Writes the network down before it is trained, or makes sure that it is the one that was.</summary>
    /// <param name="network">The network.</param>
    /// <param name="examples">What it is trained on and tested with; the network remembers which is which.</param>
    /// <exception cref="DataException">It was another one.</exception>
    public void Begin(Network network, LabelledData examples)
    {
        network.TrainedOn = TrainedRows.Of(
            Encoded(examples.Train), Encoded(examples.Test), examples.Validation is { } validation ? Encoded(validation) : null);
        if (_isFile) return;
        if (IsResumed && File.Exists(Target))
        {
            if (Network.Load(Target).Description != network.Description)
                throw new DataException(
                    $"The training in {_path} is of another network or other data: resume it with the same options and files.");
            return;
        }
        if (_overwrite) Checkpoint!.Prune(keep: 0);
        network.Save(Target);

        Dataset Encoded(ExampleSet set) => network.EncodedDataset(set.Inputs, set.Targets);
    }

    /// <summary>Saves the trained network. Of the checkpoints the last is enough: more epochs can go on from it.</summary>
    public void End(Network network)
    {
        network.Save(Target);
        Checkpoint?.Prune(keep: 1);
    }

    /// <summary>Saves the network as it is where a training was cancelled, and says how to go on with it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="steps">How many steps it was trained.</param>
    /// <param name="cancelled">The cancellation.</param>
    public OperationCanceledException Stopped(Network network, long steps, OperationCanceledException cancelled)
    {
        // Nothing was learned that a file should be written over for.
        if (_isFile && steps == 0) return cancelled;
        network.Save(Target);
        return new StoppedException(_isFile
            ? $"stopped after {NumberText.Count(steps, "step")}; the network as it is now is saved in {_path}. It cannot be gone on with: "
                + "for that, let --save name a folder."
            : $"stopped after {NumberText.Count(steps, "step")}, and saved in {_path}. To go on: {_command}", cancelled);
    }

    /// <summary>Lets others save there.</summary>
    public void Dispose() => _claim?.Dispose();

    public override string ToString() => _path;
}
