using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli.Recipes;

/// <summary>
/// Where --save keeps a network: a file that ends in .safetensors, written at the end;
/// or a folder, with the network in it and checkpoints that --resume continues from.
/// </summary>
internal sealed class SavePlace : IDisposable
{
    private const string Ending = ".safetensors";
    private static readonly TimeSpan BetweenCheckpoints = TimeSpan.FromSeconds(10);
    private readonly string _path, _command;
    private readonly bool _isFile, _overwrite, _writes;
    private readonly IDisposable? _claim;

    /// <param name="path">What --save names.</param>
    /// <param name="resume">Whether to continue the training that is there.</param>
    /// <param name="overwrite">Whether to replace what is there.</param>
    /// <param name="command">The command that resumes the training.</param>
    /// <param name="writes">Whether this process writes; of several ranks, rank 0 alone, and the others only know the place.</param>
    /// <exception cref="UsageException">A file cannot be resumed, and a folder with a training run in it is not overwritten.</exception>
    /// <exception cref="IOException">Nothing can be written there.</exception>
    /// <exception cref="SaveException">Another process saves there.</exception>
    public SavePlace(string path, bool resume, bool overwrite, string command, bool writes = true)
    {
        (_overwrite, _writes) = (overwrite, writes);
        if (overwrite && resume) throw new UsageException("--overwrite starts again, and --resume continues: choose one of them.");
        (_path, _command, _isFile, IsResumed) = (path, command, path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase), resume);
        if (path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
            throw new UsageException($"--save keeps a network that can be trained on, in a folder or a file that ends in {Ending}: "
                + "simpleflow export writes it as an ONNX file afterwards.");
        if (_isFile && resume) throw new UsageException($"--resume continues the training in a folder; {path} is a single file.");
        if (_isFile)
        {
            if (writes) WritableFile.Check(Target, "network");
            return;
        }
        if (!writes)
        {
            Checkpoint = new Checkpoint(_path, every: BetweenCheckpoints);
            return;
        }
        if (File.Exists(_path)) throw new UsageException($"{path} is a file: --save names a folder, or a file that ends in {Ending}.");
        // Before anything is read, so that nobody trains for an hour only to learn that another process saves there.
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

    /// <summary>Whether a training is to be resumed that has not begun.</summary>
    public bool HasNothingToResume => IsResumed && !File.Exists(Target);

    /// <summary>The folder of the checkpoints to resume from; null if there are none.</summary>
    public string? ResumedFolder => IsResumed ? _path : null;

    /// <summary>Saves checkpoints during training; null if only the network is kept.</summary>
    public Checkpoint? Checkpoint { get; }

    private string Target => _isFile ? _path : Path.Combine(_path, Network.FileName);

    /// <summary>Saves the network before it is trained; when resuming, makes sure that it is the same one.</summary>
    /// <param name="network">The network.</param>
    /// <param name="examples">The training and test examples; the network records which is which.</param>
    /// <exception cref="DataException">It is another network.</exception>
    public void Begin(Network network, LabelledData examples)
    {
        network.TrainedOn = TrainedRows.Of(
            Encoded(examples.Train), Encoded(examples.Test), examples.Validation is { } validation ? Encoded(validation) : null);
        if (_isFile || !_writes) return;
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

    /// <summary>Saves the trained network. The last checkpoint is enough: more epochs can continue from it.</summary>
    public void End(Network network)
    {
        if (!_writes) return;
        network.Save(Target);
        Checkpoint?.Prune(keep: 1);
    }

    /// <summary>Saves the network of a cancelled training, and says how to resume.</summary>
    /// <param name="network">The network.</param>
    /// <param name="steps">How many steps it was trained.</param>
    /// <param name="cancelled">The cancellation.</param>
    public OperationCanceledException Stopped(Network network, long steps, OperationCanceledException cancelled)
    {
        // Nothing was learned that would justify overwriting a file.
        if (!_writes || _isFile && steps == 0) return cancelled;
        network.Save(Target);
        return new StoppedException(_isFile
            ? $"stopped after {NumberText.Count(steps, "step")}; the network as it is now is saved in {_path}. It cannot be resumed: "
                + "for that, name a folder with --save."
            : $"stopped after {NumberText.Count(steps, "step")}, and saved in {_path}. To resume: {_command}", cancelled);
    }

    /// <summary>Lets other processes save there.</summary>
    public void Dispose() => _claim?.Dispose();

    public override string ToString() => _path;
}
