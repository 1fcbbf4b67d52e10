namespace SimpleFlow;

/// <content>The weights alone, in files that other programs write and read too.</content>
public sealed partial class Model
{
    /// <summary>
    /// Writes the variables of the graph, and nothing else, into a <c>.safetensors</c> or an <c>.npz</c> file, each under its name and as float32. The weights of a dense layer are [inputs, units].
    /// Two variables of one name become <c>name</c> and <c>name#2</c>, in the order of <see cref="Variables"/>.
    /// </summary>
    /// <exception cref="DataException">The file's name ends in something else.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="InvalidOperationException">The model is in use.</exception>
    public void SaveWeights(string path)
    {
        using var _ = Enter();
        SavedVariables.Write(SavedVariables.Named(Variables), tensors => WeightsFile.Write(path, tensors));
    }

    /// <summary>
    /// Reads weights that <see cref="SaveWeights"/> or another program wrote: every variable of the graph under its name and in its shape, and no other. What the optimizer remembers, the number of steps and the history stay as they are.
    /// Numbers of other types become float32.
    /// </summary>
    /// <exception cref="DataException">There is no such file, its name ends in something else, it is damaged, or names or shapes differ; the message lists which, and no variable has changed.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidOperationException">The model is in use.</exception>
    public void LoadWeights(string path)
    {
        using var _ = Enter();
        var variables = SavedVariables.Named(Variables);
        // What does not fit is refused by its names and shapes: a compressed file of kilobytes can unpack to gigabytes.
        var tensors = WeightsFile.Read(path, shapes =>
        {
            SavedVariables.Compare(path, shapes, variables);
            return _ => true;
        });
        SavedVariables.Set(path, tensors, variables);
    }
}
